"""The worker's instruments: one line says name, unit, meaning and attributes."""

from collections.abc import Callable
from typing import Final

from worker.events import DeploymentState
from worker.telemetry.metrics import conventions as name
from worker.telemetry.metrics.instruments import Counter, Described, Gauge, Histogram, Instrument

__all__ = ["PER_DEPLOYMENT", "Declared"]

_ABOUT = (name.GEN_AI_OPERATION, name.GEN_AI_PROVIDER, name.GEN_AI_REQUEST_MODEL, name.GEN_AI_RESPONSE_MODEL)


def _ours(what: str, unit: str, text: str, *attributes: str) -> Described:
    return Described(f"{name.OURS}.{what}", unit, text, attributes)


# What is read when somebody asks, from how each deployment stands then.
PER_DEPLOYMENT: Final[tuple[tuple[Described, Callable[[DeploymentState], float]], ...]] = (
    (
        _ours("deployment.calls_in_flight", "{call}", "Calls under way", "deployment", "host"),
        lambda state: state.under_way,
    ),
    (
        _ours("deployment.permits", "{call}", "Calls that may be under way; less after a 429", "deployment", "host"),
        lambda state: state.permits,
    ),
    (
        _ours("deployment.calls_waiting", "{call}", "Calls that wait for their turn", "deployment", "host"),
        lambda state: state.waiting,
    ),
    (
        _ours("deployment.closed_for", "s", "Until the service wants to be asked again", "deployment", "host"),
        lambda state: state.closed_for_s,
    ),
)


class _Jobs:
    def __init__(self) -> None:
        self.build = Gauge(_ours("build.info", "", "1, for the version", "version"))
        self.jobs = Counter(_ours("jobs", "{job}", "Jobs by what came of them", "operation", "outcome", "reason"))
        self.job_duration = Histogram(
            _ours("job.duration", "s", "From taking a job to the verdict on it", "operation"), name.SECONDS
        )
        self.job_to_report = Histogram(
            _ours(
                "job.time_to_report", "s", "From taking a job to the broker's having heard what became of it", "outcome"
            ),
            name.SECONDS,
        )
        self.broken_off = Counter(_ours("jobs.broken_off", "{job}", "Jobs whose work was cancelled"))
        self.permits = Gauge(_ours("permits", "{job}", "Jobs that may be worked on at the same time"))
        self.leases_extended = Counter(_ours("leases.extended", "{lease}", "Leases that were renewed"))
        self.leases_lost = Counter(_ours("leases.lost", "{job}", "Jobs that were no longer ours when they ended"))
        self.handed_back = Counter(_ours("jobs.handed_back", "{job}", "Jobs given back with their retries unchanged"))
        self.reports_refused = Counter(_ours("reports.refused", "{report}", "Outcomes that the broker could not take"))
        self.reports_repeated = Counter(_ours("reports.repeated", "{report}", "Outcomes that had to be sent again"))
        self.answers_reused = Counter(_ours("answers.reused", "{call}", "Calls answered from what was kept"))
        self.connected = Gauge(_ours("broker.connected", "", "1 while the broker answers, else 0"))
        self.reconnects = Counter(_ours("broker.reconnects", "{time}", "How often the broker came back"))
        self.away = Counter(_ours("broker.away", "s", "How long the broker was away, once it is back"))
        self.streams_lost = Counter(_ours("broker.streams_lost", "{stream}", "Job streams that broke"))


class _Calls:
    def __init__(self) -> None:
        self.calls = Counter(
            _ours("calls", "{call}", "Requests to the service, each try", "deployment", "status", "error", "host")
        )
        self.call_duration = Histogram(
            _ours("call.duration", "s", "Time of one request to the service", "deployment", "status"), name.SECONDS
        )
        self.retries = Counter(_ours("call.retries", "{call}", "Requests that are made again", "deployment", "status"))
        self.waits = Counter(_ours("call.waits", "s", "Time lost waiting before retries", "deployment", "status"))
        self.queued = Counter(_ours("call.queue", "s", "Time lost waiting for a turn at a deployment", "deployment"))
        self.breaker_open = Gauge(
            _ours(
                "breaker.open", "", "1 while calls are held off, 0.5 while they are tried, else 0", "deployment", "host"
            )
        )
        self.failovers = Counter(
            _ours("call.failovers", "{call}", "Calls that went on to another endpoint", "deployment", "host", "cause")
        )
        self.requests_left = Gauge(
            _ours("limit.remaining_requests", "{request}", "Requests left, as the service last said", "deployment")
        )
        self.tokens_left = Gauge(
            _ours("limit.remaining_tokens", "{token}", "Tokens left, as the service last said", "deployment")
        )


class _Models:
    def __init__(self) -> None:
        self.tokens = Counter(
            _ours("tokens", "{token}", "Tokens; cached are part of input, reasoning of output",
                  "deployment", "model", "type")
        )  # fmt: skip
        self.cost = Counter(_ours("cost", "USD", "Cost at list prices", "deployment", "model"))
        self.unpriced = Counter(_ours("jobs.unpriced", "{job}", "Jobs whose price is not known", "deployment", "model"))
        self.ai_duration = Histogram(
            Described(name.GEN_AI_DURATION, "s", "Time of an operation, retries included", (*_ABOUT, name.ERROR_TYPE)),
            name.SECONDS,
        )
        self.ai_tokens = Histogram(
            Described(name.GEN_AI_TOKENS, "{token}", "Tokens of an operation", (*_ABOUT, name.GEN_AI_TOKEN_TYPE)),
            name.TOKENS,
        )


class _Kept:
    def __init__(self) -> None:
        self.store_up = Gauge(_ours("store.up", "", "1 while answers are kept and found, else 0"))
        self.history_up = Gauge(_ours("history.up", "", "1 while the history of prompts can be written, else 0"))
        self.history_lost = Counter(_ours("history.lost", "{entry}", "Entries of the history that were not kept"))
        self.limits_shared = Gauge(
            _ours("limits.shared", "", "1 while limits are kept together with other workers, 0 while that fails")
        )
        self.secrets_up = Gauge(
            _ours("secrets.source_up", "", "1 while the store of secrets answers, else 0", "source")
        )
        self.exports_failed = Counter(
            _ours("exports.failed", "{export}", "Traces and metrics that did not reach their collector")
        )


class Declared(_Jobs, _Calls, _Models, _Kept):
    """All instruments that events move."""

    def __init__(self) -> None:
        _Jobs.__init__(self)
        _Calls.__init__(self)
        _Models.__init__(self)
        _Kept.__init__(self)

    def all(self) -> list[Instrument]:
        """Each of them."""
        return list(vars(self).values())
