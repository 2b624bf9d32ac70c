"""Turns events into numbers."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final

from worker.events import (
    AnswerReused,
    BreakerTurned,
    BrokerLost,
    BrokerReached,
    CallFinished,
    CallQueued,
    CallRepeated,
    DeploymentState,
    Event,
    ExportFailed,
    FailedOver,
    HandlerCrashed,
    HistoryFailed,
    HistoryLost,
    HistoryRecovered,
    JobBrokenOff,
    JobFinished,
    JobHandedBack,
    JobReported,
    LeaseExtended,
    LeaseLost,
    ReportRefused,
    ReportRepeated,
    SecretSourceFailed,
    SecretSourceRecovered,
    SharedLimitsFailed,
    SharedLimitsRecovered,
    StoreFailed,
    StoreRecovered,
    StreamLost,
)
from worker.outcome import outcome_name
from worker.telemetry.listener import Hear, Listener
from worker.telemetry.metrics.declared import PER_DEPLOYMENT, Declared
from worker.telemetry.metrics.instruments import MOST_SERIES, Counter, Described, Gauge, Instrument, Read, Series
from worker.telemetry.metrics.meters import About, CallMeters, JobMeters, ModelMeters
from worker.telemetry.metrics.own_process import process_instruments

__all__ = ["Metrics"]

_NO_ANSWER: Final = "none"
_BROKEN_OFF: Final = "BROKEN_OFF"
_CRASHED: Final = "CRASHED"
_OPEN: Final = {"closed": 0.0, "half-open": 0.5, "open": 1.0}


class Metrics(Listener):
    """
    Counts what happens. An instance is an `Observe`.

    Labels are operations, outcomes, reasons, deployments, models and statuses, never a job or an instance.
    """

    def __init__(self, *, version: str, permits: int) -> None:
        self._declared = declared = Declared()
        alike = lru_cache(maxsize=MOST_SERIES)  # names come from processes, so that there may be any number of them
        self._of_job = alike(partial(JobMeters, declared))
        self._of_model = alike(partial(ModelMeters, declared))
        self._of_call = alike(partial(CallMeters, declared))
        self._counted: Mapping[type[Event], Counter] = {
            AnswerReused: declared.answers_reused,
            ExportFailed: declared.exports_failed,
            JobBrokenOff: declared.broken_off,
            JobHandedBack: declared.handed_back,
            LeaseExtended: declared.leases_extended,
            LeaseLost: declared.leases_lost,
            ReportRefused: declared.reports_refused,
            ReportRepeated: declared.reports_repeated,
            StreamLost: declared.streams_lost,
        }
        self._told: Mapping[type[Event], Hear] = {
            CallFinished: self._called,
            JobFinished: self._finished,
            JobReported: lambda event: declared.job_to_report.record(event.took_s, outcome_name(event.outcome)),
            HandlerCrashed: lambda _: declared.jobs.add(1, "", "failed", _CRASHED),
            CallQueued: lambda event: declared.queued.add(event.wait_s, event.deployment),
            CallRepeated: self._repeated,
            BreakerTurned: lambda event: declared.breaker_open.set(_OPEN[event.state], event.deployment, event.host),
            FailedOver: lambda event: declared.failovers.add(1, event.deployment, event.host, event.cause),
            BrokerLost: lambda _: declared.connected.set(0),
            BrokerReached: self._reached,
            StoreFailed: lambda _: declared.store_up.set(0),
            StoreRecovered: lambda _: declared.store_up.set(1),
            HistoryFailed: lambda _: declared.history_up.set(0),
            HistoryRecovered: lambda _: declared.history_up.set(1),
            HistoryLost: lambda event: declared.history_lost.add(event.entries),
            SharedLimitsFailed: lambda _: declared.limits_shared.set(0),
            SharedLimitsRecovered: lambda _: declared.limits_shared.set(1),
            SecretSourceFailed: lambda event: declared.secrets_up.set(0, event.source),
            SecretSourceRecovered: lambda event: declared.secrets_up.set(1, event.source),
        }
        self._read: list[Instrument] = process_instruments()
        self._begin(version, permits)

    def _begin(self, version: str, permits: int) -> None:
        declared = self._declared
        declared.permits.set(permits)
        declared.build.set(1, version)
        declared.connected.set(0)
        declared.store_up.set(1)
        declared.history_up.set(1)

    @property
    def instruments(self) -> Sequence[Instrument]:
        """All that there is to expose."""
        return [*self._declared.all(), *self._read]

    def read(self, described: Described, value: Read) -> None:
        """Expose what *value* gives whenever it is asked for."""
        self._read.append(Gauge(described, value))

    def read_deployments(self, states: Callable[[], Sequence[DeploymentState]]) -> None:
        """Expose how the deployments stand that *states* tells of whenever it is asked for."""
        for described, number in PER_DEPLOYMENT:
            self.read(described, partial(_by_deployment, states, number))

    def of(self, kind: type[Event]) -> Hear | None:
        """See Listener."""
        counter = self._counted.get(kind)
        return self._told.get(kind) if counter is None else lambda _: counter.add()

    def _repeated(self, event: CallRepeated) -> None:
        series = event.deployment, _status(event.status)
        self._declared.retries.add(1, *series)
        self._declared.waits.add(event.wait_s, *series)

    def _reached(self, event: BrokerReached) -> None:
        self._declared.connected.set(1)
        if event.away_s:
            self._declared.reconnects.add()
            self._declared.away.add(event.away_s)

    def _called(self, event: CallFinished) -> None:
        error = "" if event.status is not None else event.error or _BROKEN_OFF
        self._of_call(event.deployment, _status(event.status), error, event.host).count(event)

    def _finished(self, event: JobFinished) -> None:
        operation, reason, used = event.operation or "", event.reason or "", event.consumed
        self._of_job(operation, outcome_name(event.outcome), reason).count(event)
        if event.provider is not None:
            model = used.model or "" if used else ""
            about = About(operation, event.provider, event.deployment or "", model)
            self._of_model(about, reason).count(event)


def _by_deployment(
    states: Callable[[], Sequence[DeploymentState]], number: Callable[[DeploymentState], float]
) -> Mapping[Series, float]:
    return {(state.deployment, state.host): number(state) for state in states()}


def _status(status: int | None) -> str:
    return _NO_ANSWER if status is None else str(status)
