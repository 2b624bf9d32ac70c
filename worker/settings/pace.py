"""How hard the worker tries, and how much it takes on."""

from pydantic import BaseModel, SecretStr

from worker.settings.declared import setting

__all__ = ["Pace"]


class Pace(BaseModel):
    """Attempts and waits of a call, and the quotas that calls are kept within."""

    worker_max_call_attempts: int = setting(
        6, "WORKER_MAX_CALL_ATTEMPTS", ge=1, le=100,
        text="How often a call is sent at most while its job is worked on; then the job goes back to the broker",
    )  # fmt: skip
    worker_max_call_wait_s: float = setting(
        60.0, "WORKER_MAX_CALL_WAIT_S", ge=0, le=86_400,
        text="Longest wait between two attempts; when the service asks for more, that becomes the job's back-off",
    )  # fmt: skip
    worker_requests_per_minute: float | None = setting(
        None, "WORKER_REQUESTS_PER_MINUTE", gt=0,
        text="Requests that this worker may send to one deployment in a minute; by default what the service states, "
        "once it has refused one",
    )  # fmt: skip
    worker_tokens_per_minute: float | None = setting(
        None, "WORKER_TOKENS_PER_MINUTE", gt=0,
        text="Likewise tokens, as they are reckoned before a call: its prompt and the longest answer it allows",
    )  # fmt: skip
    worker_shared_limits_url: SecretStr | None = setting(
        None, "WORKER_SHARED_LIMITS_URL",
        text="Redis or Valkey, as `redis://host:6379`, with which all workers keep these limits together; by default "
        "each keeps them for itself. Needs the extra `redis`",
    )  # fmt: skip
