"""The lines that events become: one row says room, level, text and facts."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

from worker import events, outcome
from worker.events import CallFinished, JobFinished
from worker.job import Job
from worker.trace import Trace

__all__ = ["LINES", "Line", "Room"]

Room = Literal["broker", "connector", "azure", "history", "secrets", "telemetry"]

Facts = Mapping[str, object]

_DEBUG, _INFO, _WARNING, _ERROR = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR


class Line(NamedTuple):
    """*facts* gives what is beside the *text*; it is asked only for a line that is written."""

    room: Room
    level: int
    text: str
    facts: Callable[[Any], Facts]


def _ids(job: Job) -> Facts:
    """What an operator needs to find the job in Operate."""
    return {
        "process": job.bpmn_process_id,
        "element": job.element_id,
        "process_instance": job.process_instance_key,
        "job": job.key,
    }


def _place(trace: Trace | None) -> Facts:
    """Where the line belongs in a trace, under the names that collectors of logs look for."""
    if trace is None:
        return {}
    trace_id, span_id = trace.ids()
    return {"trace_id": trace_id, "span_id": span_id}


def _finished(event: JobFinished) -> Facts:
    return {
        "operation": event.operation,
        "duration_s": round(event.duration_s * 1000) / 1000,  # to digits it would take ten times as long
        **_ids(event.job),
        "request_id": event.request_id,
        **_place(event.trace),
    }


def _failed(event: JobFinished) -> Facts:
    fail = event.outcome
    told = {"retries": fail.retries, "backoff_s": fail.backoff_s} if isinstance(fail, outcome.Fail) else {}
    return {"reason": event.reason, **told, **_finished(event)}


def _thrown(event: JobFinished) -> Facts:
    code = event.outcome.error_code if isinstance(event.outcome, outcome.Throw) else None
    return {"error_code": code, "reason": event.reason, **_finished(event)}


def _called(event: CallFinished) -> Facts:
    said = {"deployment": event.deployment, "host": event.host, "status": event.status, "error": event.error}
    took = {"duration_s": round(event.duration_s, 3), "attempt": event.attempt}
    return {**said, **took, "request_id": event.request_id, **_place(event.trace)}


# The outcome of a job stands for the JobFinished that tells of it.
LINES: Final[Mapping[type, Line]] = {
    events.WorkerReady: Line(
        "broker", _INFO, "ready", lambda e: {"gateway": e.address, "job_types": list(e.job_types)}
    ),
    events.BrokerLost: Line(
        "broker",
        _WARNING,
        "broker unreachable",
        lambda e: {"gateway": e.address, "cause": e.cause, "retry_in_s": round(e.retry_in_s, 1)},
    ),
    events.BrokerReached: Line(
        "broker", _INFO, "broker reached", lambda e: {"gateway": e.address, "away_s": round(e.away_s, 1)}
    ),
    events.StreamLost: Line(
        "broker",
        _WARNING,
        "job stream lost",
        lambda e: {"job_type": e.job_type, "cause": e.cause, "retry_in_s": round(e.retry_in_s, 1)},
    ),
    events.DrainStarted: Line("broker", _INFO, "draining", lambda e: {"in_flight": e.in_flight, "grace_s": e.grace_s}),
    events.JobReported: Line("broker", _DEBUG, "job reported", lambda e: {"took_s": round(e.took_s, 3), **_ids(e.job)}),
    events.ReportRefused: Line(
        "broker", _WARNING, "outcome refused by the broker", lambda e: {"cause": e.cause, **_ids(e.job)}
    ),
    events.ReportRepeated: Line(
        "broker",
        _WARNING,
        "report repeated",
        lambda e: {"cause": e.cause, "retry_in_s": e.retry_in_s, **_ids(e.job)},
    ),
    events.LeaseExtended: Line("broker", _DEBUG, "lease extended", lambda e: {"lease_s": e.lease_s, **_ids(e.job)}),
    events.LeaseLost: Line("broker", _WARNING, "lease lost", lambda e: {"cause": e.cause, **_ids(e.job)}),
    events.JobHandedBack: Line("broker", _WARNING, "job handed back", lambda e: _ids(e.job)),
    events.HandlerCrashed: Line(
        "connector", _ERROR, "handler crashed", lambda e: {"error": type(e.error).__name__, **_ids(e.job)}
    ),
    outcome.Complete: Line("connector", _INFO, "job completed", _finished),
    outcome.Throw: Line("connector", _INFO, "job threw a BPMN error", _thrown),
    outcome.Fail: Line("connector", _WARNING, "job failed", _failed),
    events.JobBrokenOff: Line(
        "connector",
        _DEBUG,
        "job broken off",
        lambda e: {"duration_s": round(e.duration_s, 3), **_ids(e.job), **_place(e.trace)},
    ),
    events.Warned: Line("connector", _WARNING, "advice", lambda e: {"advice": e.advice, **_ids(e.job)}),
    events.CallFinished: Line("azure", _DEBUG, "call", _called),
    events.CallQueued: Line(
        "azure", _DEBUG, "call waited", lambda e: {"deployment": e.deployment, "wait_s": round(e.wait_s, 3)}
    ),
    events.CallRepeated: Line(
        "azure",
        _INFO,
        "call repeated",
        lambda e: {
            "deployment": e.deployment,
            "status": e.status,
            "attempts": e.attempts,
            "retry_in_s": round(e.wait_s, 1),
        },
    ),
    events.FirstKeyRefused: Line(
        "azure", _WARNING, "first key refused, the second is used", lambda e: {"deployment": e.deployment}
    ),
    events.BreakerTurned: Line(
        "azure",
        _WARNING,
        "breaker turned",
        lambda e: {
            "connection": e.connection,
            "deployment": e.deployment,
            "host": e.host,
            "state": e.state,
            "cause": e.cause,
            "for_s": round(e.wait_s, 1),
        },
    ),
    events.FailedOver: Line(
        "azure",
        _INFO,
        "call failed over",
        lambda e: {
            "connection": e.connection,
            "deployment": e.deployment,
            "host": e.host,
            "cause": e.cause,
            "to_deployment": e.to_deployment,
            "to_host": e.to_host,
        },
    ),
    events.AnswerReused: Line("history", _INFO, "answer reused", lambda e: _ids(e.job)),
    events.StoreFailed: Line("history", _WARNING, "answers not kept", lambda e: {"cause": e.cause}),
    events.StoreRecovered: Line("history", _INFO, "answers kept again", lambda _: {}),
    events.HistoryFailed: Line("history", _WARNING, "history not kept", lambda e: {"cause": e.cause}),
    events.HistoryRecovered: Line("history", _INFO, "history kept again", lambda _: {}),
    events.HistoryLost: Line("history", _WARNING, "history lost", lambda e: {"entries": e.entries}),
    events.SharedLimitsFailed: Line("azure", _WARNING, "limits not shared", lambda e: {"cause": e.cause}),
    events.SharedLimitsRecovered: Line("azure", _INFO, "limits shared again", lambda _: {}),
    events.SecretSourceFailed: Line(
        "secrets", _WARNING, "secrets unreachable", lambda e: {"source": e.source, "cause": e.cause}
    ),
    events.SecretSourceRecovered: Line("secrets", _INFO, "secrets reached again", lambda e: {"source": e.source}),
    events.ListenerFailed: Line(
        "telemetry",
        _ERROR,
        "listener failed",
        lambda e: {"listener": e.listener, "error": type(e.error).__name__},
    ),
    events.ManagementFailed: Line(
        "telemetry", _ERROR, "no management port", lambda e: {"address": e.address, "cause": e.cause}
    ),
    events.ExportFailed: Line("telemetry", _WARNING, "export failed", lambda e: {"cause": e.cause}),
    events.ProcessDied: Line(
        "broker",
        _ERROR,
        "process died",
        lambda e: {"number": e.number, "code": e.code, "retry_in_s": e.retry_in_s},
    ),
    events.Stopped: Line("broker", _INFO, "stopped", lambda _: {}),
}
