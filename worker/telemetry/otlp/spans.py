"""Finished jobs and calls as spans: one for each job, and below it one for each call."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from worker.events import CallFinished, Event, JobBrokenOff, JobFinished
from worker.telemetry.otlp.attributes import of_broken_off, of_call, of_job
from worker.trace import Trace

__all__ = ["Spans"]

_NS: Final = 1_000_000_000
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)

Attributes = Mapping[str, str | int | float | bool | tuple[str, ...]]


class Spans:
    """
    Gives each finished job and call to *send* as a span, where its trace is kept. An instance is an `Observe`.

    The ids are those that were drawn while it ran. No span holds a prompt, an answer, or a text that may quote one.
    """

    def __init__(
        self,
        send: Callable[[ReadableSpan], object],
        *,
        resource: Resource,
        scope: InstrumentationScope,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._send = send
        self._resource = resource
        self._scope = scope
        self._now_ns = now_ns

    def __call__(self, event: Event) -> None:
        """Send the span of what has just ended."""
        match event:
            case CallFinished(trace=Trace(is_sampled=True) as trace):
                name, attributes = of_call(event)
                self._end(trace, name, SpanKind.CLIENT, attributes, event.duration_s)
            case JobFinished(trace=Trace(is_sampled=True) as trace):
                name, attributes = of_job(event)
                self._end(trace, name, SpanKind.CONSUMER, attributes, event.duration_s)
            case JobBrokenOff(trace=Trace(is_sampled=True) as trace):
                name, attributes = of_broken_off(event)
                self._end(trace, name, SpanKind.CONSUMER, attributes, event.duration_s)
            case _:
                pass

    def _end(self, trace: Trace, name: str, kind: SpanKind, attributes: Attributes, duration_s: float) -> None:
        now_ns = self._now_ns()
        self._send(
            ReadableSpan(
                name=name,
                context=_context(trace, trace.span_id, is_remote=False),
                parent=_context(trace, trace.parent_id, is_remote=kind is SpanKind.CONSUMER)
                if trace.parent_id
                else None,
                resource=self._resource,
                attributes=attributes,
                kind=kind,
                status=Status(StatusCode.ERROR) if "error.type" in attributes else Status(StatusCode.UNSET),
                start_time=now_ns - round(duration_s * _NS),
                end_time=now_ns,
                instrumentation_scope=self._scope,
            )
        )


def _context(trace: Trace, span_id: int, *, is_remote: bool) -> SpanContext:
    state = TraceState.from_header([trace.state]) if trace.state else None
    return SpanContext(trace.trace_id, span_id, is_remote, _SAMPLED, state)
