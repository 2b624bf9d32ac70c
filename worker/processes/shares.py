"""What each of several processes is given: the operator's numbers are for the worker as a whole."""

from collections.abc import Mapping

from worker.settings import Settings

__all__ = ["share_of", "shared_environment"]


def share_of(whole: int, number: int, count: int) -> int:
    """What the process *number*, from 1, of *count* gets of *whole*; at least 1."""
    return max(1, whole // count + (number <= whole % count))


def shared_environment(settings: Settings, given: Mapping[str, str], *, number: int, count: int) -> dict[str, str]:
    """The environment of the process *number* of *count*: *given*, with its shares in place of the whole."""
    changed = {
        "WORKER_PROCESSES": "1",
        "WORKER_NAME": f"{settings.worker_name}-{number}",
        "WORKER_MAX_JOBS_IN_FLIGHT": str(share_of(settings.worker_max_jobs_in_flight, number, count)),
    }
    if settings.worker_kept_answers_max_bytes:
        changed["WORKER_KEPT_ANSWERS_MAX_BYTES"] = str(settings.worker_kept_answers_max_bytes // count)
    if settings.worker_shared_limits_url:  # the processes keep these limits together, as workers do
        return {**given, **changed}
    if settings.worker_requests_per_minute:
        changed["WORKER_REQUESTS_PER_MINUTE"] = str(settings.worker_requests_per_minute / count)
    if settings.worker_tokens_per_minute:
        changed["WORKER_TOKENS_PER_MINUTE"] = str(settings.worker_tokens_per_minute / count)
    return {**given, **changed}
