"""What every job and every call counts, its series looked up once for all that are alike."""

from typing import Final, NamedTuple

from worker.events import CallFinished, JobFinished
from worker.telemetry.metrics import conventions as name
from worker.telemetry.metrics.declared import Declared
from worker.telemetry.metrics.instruments import Amount, Buckets

__all__ = ["About", "CallMeters", "JobMeters", "ModelMeters"]

_KINDS: Final = ("input", "output", "cached", "reasoning")


class About(NamedTuple):
    """What OpenTelemetry's conventions tell the uses of a model by, in our words."""

    operation: str
    provider: str
    deployment: str
    model: str


class JobMeters:
    """For jobs of one *operation* that came to the same."""

    def __init__(self, declared: Declared, operation: str, outcome: str, reason: str) -> None:
        self._jobs = declared.jobs.of(operation, outcome, reason)
        self._duration = declared.job_duration.of(operation)

    def count(self, event: JobFinished) -> None:
        """Count one more."""
        self._jobs.value += 1
        self._duration.record(event.duration_s)


class ModelMeters:
    """For jobs that *asked* the same of the same."""

    def __init__(self, declared: Declared, asked: About, reason: str) -> None:
        operation, provider, deployment, model = asked
        self._about = (name.operation_name(operation), name.provider_name(provider), deployment, model)
        self._of_model = deployment, model
        self._declared = declared
        self._duration = declared.ai_duration.of(*self._about, reason)
        self._used: tuple[Buckets, Buckets] | None = None
        self._tokens: tuple[Amount, ...] = ()
        self._cost: Amount | None = None

    def count(self, event: JobFinished) -> None:
        """Count one more."""
        self._duration.record(event.duration_s)
        used = event.consumed
        if used is None:
            return
        tokens_in, tokens_out = self._used or self._begun()
        tokens_in.record(used.input_tokens)
        tokens_out.record(used.output_tokens)
        of_input, of_output, cached, reasoning = self._tokens
        of_input.value += used.input_tokens
        of_output.value += used.output_tokens
        cached.value += used.cached_tokens
        reasoning.value += used.reasoning_tokens
        if used.cost_usd is None:
            self._declared.unpriced.add(1, *self._of_model)
        else:
            self._cost = self._cost or self._declared.cost.of(*self._of_model)
            self._cost.value += used.cost_usd

    def _begun(self) -> tuple[Buckets, Buckets]:
        """Only what has consumed tokens has series of them."""
        declared = self._declared
        self._used = declared.ai_tokens.of(*self._about, "input"), declared.ai_tokens.of(*self._about, "output")
        self._tokens = tuple(declared.tokens.of(*self._of_model, kind) for kind in _KINDS)
        return self._used


class CallMeters:
    """For requests to one *deployment* on one *host* that came to the same."""

    def __init__(self, declared: Declared, deployment: str, status: str, error: str, host: str) -> None:
        self._calls = declared.calls.of(deployment, status, error, host)
        self._duration = declared.call_duration.of(deployment, status)
        self._declared = declared
        self._deployment = deployment
        self._requests_left: Amount | None = None  # not every service says what is left
        self._tokens_left: Amount | None = None

    def count(self, event: CallFinished) -> None:
        """Count one more."""
        self._calls.value += 1
        self._duration.record(event.duration_s)
        if event.remaining_requests is not None:
            self._requests_left = self._requests_left or self._declared.requests_left.of(self._deployment)
            self._requests_left.value = event.remaining_requests
        if event.remaining_tokens is not None:
            self._tokens_left = self._tokens_left or self._declared.tokens_left.of(self._deployment)
            self._tokens_left.value = event.remaining_tokens
