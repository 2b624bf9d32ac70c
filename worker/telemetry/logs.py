"""Turns events into log lines: one for each job's outcome, the rest only when something happens."""

import logging
import sys
from typing import Literal, assert_never

import msgspec

from worker.events import (
    AnswerReused,
    BrokerLost,
    BrokerReached,
    CallFinished,
    CallRepeated,
    DrainStarted,
    Event,
    FirstKeyRefused,
    HandlerCrashed,
    JobFinished,
    JobHandedBack,
    LeaseLost,
    ListenerFailed,
    ManagementFailed,
    ReportRepeated,
    Stopped,
    StoreFailed,
    StreamLost,
    Warned,
    WorkerReady,
)
from worker.job import Job
from worker.outcome import Complete, Fail, Throw
from worker.telemetry.plain import FilteringBoundLogger, structlog
from worker.trace import Trace

__all__ = ["LogFormat", "LogLevel", "Logs"]

LogFormat = Literal["json", "pretty"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Logs:
    """
    Writes events to standard error. An instance is an `Observe`.

    No line holds a prompt, an answer, a header or a key: events do not carry them further than the outcome, whose
    variables are not logged.
    """

    def __init__(self, *, level: LogLevel, form: LogFormat) -> None:
        self._log = _logger(level, form)

    def __call__(self, event: Event) -> None:  # noqa: C901, PLR0912 - one row for each kind of event
        log = self._log
        match event:
            case WorkerReady():
                log.info("ready", gateway=event.address, job_types=list(event.job_types))
            case BrokerLost() | StreamLost():
                self._lost(event)
            case BrokerReached():
                log.info("broker reached", gateway=event.address, away_s=round(event.away_s, 1))
            case JobFinished():
                self._finished(event)
            case CallFinished() | CallRepeated():
                self._called(event)
            case AnswerReused():
                log.info("answer reused", **_ids(event.job))
            case StoreFailed():
                log.warning("answers not kept", cause=event.cause)
            case ReportRepeated():
                log.warning("report repeated", cause=event.cause, retry_in_s=event.retry_in_s, **_ids(event.job))
            case LeaseLost():
                log.warning("lease lost", cause=event.cause, **_ids(event.job))
            case DrainStarted():
                log.info("draining", in_flight=event.in_flight, grace_s=event.grace_s)
            case JobHandedBack():
                log.warning("job handed back", **_ids(event.job))
            case HandlerCrashed():
                log.error("handler crashed", error=type(event.error).__name__, **_ids(event.job))
            case ListenerFailed() | ManagementFailed():
                self._unwatched(event)
            case FirstKeyRefused():
                log.warning("first key refused, the second is used", deployment=event.deployment)
            case Warned():
                log.warning(event.advice, **_ids(event.job))
            case Stopped():
                log.info("stopped")
            case _:
                assert_never(event)

    def _called(self, event: CallFinished | CallRepeated) -> None:
        said = {"deployment": event.deployment, "status": event.status}
        match event:
            case CallFinished():
                told = {"error": event.error, "duration_s": round(event.duration_s, 3), "attempt": event.attempt}
                self._log.debug("call", **said, **told, request_id=event.request_id, **_place(event.trace))
            case CallRepeated():
                self._log.info("call repeated", attempts=event.attempts, retry_in_s=round(event.wait_s, 1), **said)

    def _lost(self, event: BrokerLost | StreamLost) -> None:
        said = {"cause": event.cause, "retry_in_s": round(event.retry_in_s, 1)}
        if isinstance(event, BrokerLost):
            self._log.warning("broker unreachable", gateway=event.address, **said)
        else:
            self._log.warning("job stream lost", job_type=event.job_type, **said)

    def _unwatched(self, event: ListenerFailed | ManagementFailed) -> None:
        match event:
            case ListenerFailed():
                self._log.error("listener failed", listener=event.listener, error=type(event.error).__name__)
            case ManagementFailed():
                self._log.error("no management port", address=event.address, cause=event.cause)

    def _finished(self, event: JobFinished) -> None:
        took = {"operation": event.operation, "duration_s": round(event.duration_s, 3)}
        said = {**took, **_ids(event.job), "request_id": event.request_id, **_place(event.trace)}
        match event.outcome:
            case Complete():
                self._log.info("job completed", **said)
            case Throw():
                self._log.info("job threw a BPMN error", error_code=event.outcome.error_code, **said)
            case Fail() as fail:
                told = {"reason": event.reason, "retries": fail.retries, "backoff_s": fail.backoff_s}
                self._log.warning("job failed", message=fail.message, **told, **said)
            case _:
                assert_never(event.outcome)


def _ids(job: Job) -> dict[str, object]:
    """What an operator needs to find the job in Operate."""
    return {
        "process": job.bpmn_process_id,
        "element": job.element_id,
        "process_instance": job.process_instance_key,
        "job": job.key,
    }


def _place(trace: Trace | None) -> dict[str, object]:
    """Where the line belongs in a trace, under the names that collectors of logs look for."""
    return {"trace_id": f"{trace.trace_id:032x}", "span_id": f"{trace.span_id:016x}"} if trace else {}


def _logger(level: LogLevel, form: LogFormat) -> FilteringBoundLogger:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    ).bind()  # once: a wrapped logger that was never bound is put together anew for every line
    return logger


def _json(line: object, **_options: object) -> str:
    """A fifth of what the standard library's encoder takes; what is no JSON is written as its text."""
    return msgspec.json.encode(line, enc_hook=str).decode()
