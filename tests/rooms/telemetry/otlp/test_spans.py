import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from tests.made import a_job
from worker.events import CallFinished, Event, JobBrokenOff, JobFinished, Stopped
from worker.outcome import Complete, Fail, Throw
from worker.telemetry.otlp.spans import Spans
from worker.trace import Trace

KEPT = Trace(trace_id=1, span_id=2, parent_id=3, is_sampled=True, state="vendor=1")
DROPPED = Trace(trace_id=1, span_id=2, parent_id=3)


def spans_of(*happened: Event) -> list[ReadableSpan]:
    sent: list[ReadableSpan] = []
    spans = Spans(
        sent.append, resource=Resource({}), scope=InstrumentationScope("worker"), now_ns=lambda: 10_000_000_000
    )
    for event in happened:
        spans(event)
    return sent


def finished(outcome: Complete | Fail | Throw, reason: str | None, trace: Trace = KEPT) -> JobFinished:
    return JobFinished(job=a_job(), operation="createImage", outcome=outcome, reason=reason, duration_s=2, trace=trace)


@pytest.mark.parametrize(
    ("event", "name", "error", "outcome"),
    [
        (finished(Complete(), None), "process azure-openai", None, "completed"),
        (finished(Fail(retries=0, message="my prompt"), "TIMEOUT"), "process azure-openai", "TIMEOUT", "incident"),
        (finished(Throw(error_code="c", message="my prompt"), None), "process azure-openai", None, "bpmn_error"),
        (
            JobBrokenOff(job=a_job(), operation=None, duration_s=2, trace=KEPT),
            "process azure-openai",
            "BROKEN_OFF",
            "broken_off",
        ),
        (CallFinished(deployment="d", status=200, duration_s=2, trace=KEPT), "call d", None, None),
        (CallFinished(deployment="d", status=429, duration_s=2, trace=KEPT), "call d", "429", None),
        (CallFinished(deployment="d", status=None, duration_s=2, trace=KEPT), "call d", "BROKEN_OFF", None),
        (
            CallFinished(deployment="", status=None, duration_s=2, error="UNREACHABLE", trace=KEPT),
            "call",
            "UNREACHABLE",
            None,
        ),
    ],
)
def test_a_span(event: Event, name: str, error: str | None, outcome: str | None) -> None:
    """What has ended becomes a span at its place in the trace; an error is its stable word, no text."""
    [span] = spans_of(event)

    assert span.name == name
    assert (span.start_time, span.end_time) == (8_000_000_000, 10_000_000_000)
    assert span.context is not None
    assert span.parent is not None
    assert (span.context.trace_id, span.context.span_id, span.parent.span_id) == (1, 2, 3)
    assert span.context.trace_state.to_header() == "vendor=1"
    attributes = span.attributes or {}
    assert (attributes.get("error.type"), attributes.get("azure_openai_worker.outcome")) == (error, outcome)
    assert span.status.is_unset is (error is None)
    assert "my prompt" not in span.to_json()


@pytest.mark.parametrize(
    "event",
    [
        finished(Complete(), None, DROPPED),
        CallFinished(deployment="d", status=200, duration_s=1, trace=DROPPED),
        CallFinished(deployment="d", status=200, duration_s=1),
        Stopped(),
    ],
)
def test_what_is_not_kept(event: Event) -> None:
    """A trace that is not sampled sends nothing."""
    assert spans_of(event) == []
