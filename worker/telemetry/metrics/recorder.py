"""Turns events into numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from worker.events import (
    AnswerReused,
    BrokerLost,
    BrokerReached,
    CallFinished,
    CallRepeated,
    Event,
    HandlerCrashed,
    JobFinished,
    JobHandedBack,
    LeaseLost,
    ReportRepeated,
    StreamLost,
)
from worker.outcome import Complete, Fail, Outcome, Throw
from worker.telemetry.metrics import conventions as name
from worker.telemetry.metrics.declared import Declared
from worker.telemetry.metrics.instruments import Counter, Described, Gauge, Instrument
from worker.telemetry.metrics.own_process import process_instruments

__all__ = ["Metrics"]

_NO_ANSWER: Final = "none"
_BROKEN_OFF: Final = "BROKEN_OFF"
_CRASHED: Final = "CRASHED"


class Metrics:
    """
    Counts what happens. An instance is an `Observe`.

    Labels are operations, outcomes, reasons, deployments, models and statuses, never a job or an instance.
    """

    def __init__(self, *, version: str, permits: int) -> None:
        self._declared = declared = Declared()
        self._counted: Mapping[type[Event], Counter] = {
            AnswerReused: declared.answers_reused,
            JobHandedBack: declared.handed_back,
            LeaseLost: declared.leases_lost,
            ReportRepeated: declared.reports_repeated,
            StreamLost: declared.streams_lost,
        }
        self._read: list[Instrument] = process_instruments()
        declared.permits.set(permits)
        declared.build.set(1, version)
        declared.connected.set(0)

    @property
    def instruments(self) -> Sequence[Instrument]:
        """All that there is to expose."""
        return [*self._declared.all(), *self._read]

    def read(self, described: Described, value: Callable[[], float]) -> None:
        """Expose what *value* gives whenever it is asked for."""
        self._read.append(Gauge(described, value))

    def __call__(self, event: Event) -> None:
        """Count *event*."""
        declared = self._declared
        match event:
            case CallFinished():
                self._called(event)
            case JobFinished():
                self._finished(event)
            case CallRepeated(deployment=deployment, status=status, wait_s=wait_s):
                declared.retries.add(1, deployment, _status(status))
                declared.waits.add(wait_s, deployment, _status(status))
            case HandlerCrashed():
                declared.jobs.add(1, "", "failed", _CRASHED)
            case BrokerLost():
                declared.connected.set(0)
            case BrokerReached(away_s=away_s):
                declared.connected.set(1)
                if away_s:
                    declared.reconnects.add()
                    declared.away.add(away_s)
            case _ if type(event) in self._counted:
                self._counted[type(event)].add()
            case _:
                pass

    def _called(self, event: CallFinished) -> None:
        declared, deployment = self._declared, event.deployment
        status = _status(event.status)
        error = "" if event.status is not None else event.error or _BROKEN_OFF
        declared.calls.add(1, deployment, status, error)
        declared.call_duration.record(event.duration_s, deployment, status)
        if event.remaining_requests is not None:
            declared.requests_left.set(event.remaining_requests, deployment)
        if event.remaining_tokens is not None:
            declared.tokens_left.set(event.remaining_tokens, deployment)

    def _finished(self, event: JobFinished) -> None:
        declared = self._declared
        operation, reason, deployment = event.operation or "", event.reason or "", event.deployment or ""
        declared.jobs.add(1, operation, _outcome(event.outcome), reason)
        declared.job_duration.record(event.duration_s, operation)
        if event.provider is None:
            return
        about = (name.operation_name(operation), name.provider_name(event.provider), deployment)
        used = event.consumed
        model = used.model or "" if used else ""
        declared.ai_duration.record(event.duration_s, *about, model, reason)
        if used is None:
            return
        declared.ai_tokens.record(used.input_tokens, *about, model, "input")
        declared.ai_tokens.record(used.output_tokens, *about, model, "output")
        kinds = (used.input_tokens, used.output_tokens, used.cached_tokens, used.reasoning_tokens)
        for kind, count in zip(("input", "output", "cached", "reasoning"), kinds, strict=True):
            declared.tokens.add(count, deployment, model, kind)
        if used.cost_usd is None:
            declared.unpriced.add(1, deployment, model)
        else:
            declared.cost.add(used.cost_usd, deployment, model)


def _status(status: int | None) -> str:
    return _NO_ANSWER if status is None else str(status)


def _outcome(outcome: Outcome) -> str:
    match outcome:
        case Complete():
            return "completed"
        case Throw():
            return "bpmn_error"
        case Fail(retries=0):
            return "incident"
        case Fail():
            return "failed"
