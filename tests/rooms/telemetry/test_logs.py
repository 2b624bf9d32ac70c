import io
import json
from typing import TYPE_CHECKING, cast, get_args

import pytest

from tests.made import a_job
from worker import events
from worker.events import Event
from worker.outcome import Complete, Fail, Throw
from worker.telemetry import FanOut, LogLevel, Logs
from worker.trace import Trace

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ALL: list[Event] = [
    events.LeaseExtended(job=a_job(), lease_s=60.0),
    events.JobReported(job=a_job(), outcome=Complete(), took_s=1.0),
    events.JobBrokenOff(job=a_job(), operation=None, duration_s=1.0, trace=Trace(trace_id=1, span_id=2)),
    events.CallQueued(deployment="d", wait_s=1.0),
    events.BreakerTurned(deployment="d", host="h", state="open", cause="503"),
    events.StoreRecovered(),
    events.SecretSourceFailed(source="vault", cause="503"),
    events.SecretSourceRecovered(source="vault"),
    events.SharedLimitsFailed(cause="refused"),
    events.SharedLimitsRecovered(),
    events.ExportFailed(cause="refused"),
    events.WorkerReady(address="z:1", job_types=("azure-openai",)),
    events.BrokerLost(address="z:1", cause="refused", retry_in_s=1.0),
    events.BrokerReached(address="z:1", away_s=2.0),
    events.CallFinished(deployment="d", status=200, duration_s=0.1),
    events.AnswerReused(job=a_job()),
    events.StoreFailed(cause="disk full"),
    events.HistoryFailed(cause="disk full"),
    events.HistoryRecovered(),
    events.HistoryLost(entries=3),
    events.CallRepeated(deployment="d", status=429, attempts=1, wait_s=2.0),
    events.JobFinished(
        job=a_job(), operation="x", outcome=Complete(variables=b'"answer"'), reason=None, duration_s=1.0
    ),
    events.ReportRefused(job=a_job(), cause="too large"),
    events.ReportRepeated(job=a_job(), cause="busy", retry_in_s=0.5),
    events.LeaseLost(job=a_job(), cause="not found"),
    events.DrainStarted(in_flight=3, grace_s=25.0),
    events.JobHandedBack(job=a_job()),
    events.Stopped(),
    events.ProcessDied(number=2, code=-9, retry_in_s=1.0),
    events.HandlerCrashed(job=a_job(), error=ValueError("holds a prompt")),
    events.ListenerFailed(listener="Metrics", error=ValueError("holds a prompt")),
    events.ManagementFailed(address="127.0.0.1:1", cause="taken"),
    events.StreamLost(job_type="azure-openai", cause="closed", retry_in_s=1.0),
    events.FirstKeyRefused(deployment="gpt"),
    events.FailedOver(connection="main", host="a", deployment="ptu", cause="429", to_host="b", to_deployment="payg"),
    events.Warned(job=a_job(), advice="the URL's deployment is not used"),
]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_event_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of event is one JSON object on standard error."""
    logs = Logs(level="debug", form="json")
    for event in ALL:
        logs(event)

    assert {type(event) for event in ALL} == set(get_args(Event))
    assert len(lines(capsys)) == len(ALL)


@pytest.mark.parametrize(
    "outcome", [Complete(variables=b"secret"), Fail(retries=1, message="m"), Throw(error_code="c")]
)
def test_an_outcome_says_which_job(outcome: Complete | Fail | Throw, capsys: pytest.CaptureFixture[str]) -> None:
    """An operator finds the job in Operate; what is in its variables stays out of the log."""
    Logs(level="info", form="json")(
        events.JobFinished(job=a_job(), operation="x", outcome=outcome, reason=None, duration_s=1.0)
    )

    [line] = lines(capsys)
    assert line["process_instance"] == a_job().process_instance_key
    assert "secret" not in str(line)
    assert "two and two" not in str(line)


def test_levels(capsys: pytest.CaptureFixture[str]) -> None:
    """What lies below the level is not written."""
    logs = Logs(level="warning", form="json")
    logs(events.Stopped())

    assert lines(capsys) == []


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The pretty form is a line of text."""
    Logs(level="info", form="pretty")(events.Stopped())

    assert "stopped" in capsys.readouterr().err


def test_a_level_for_one_room(capsys: pytest.CaptureFixture[str]) -> None:
    """A room that is looked into says more, one that is too loud less; the rest stays as it is."""
    logs = Logs(level="info", form="json", rooms={"broker": "debug", "azure": "error"})
    logs(events.LeaseExtended(job=a_job(), lease_s=60.0))
    logs(events.CallRepeated(deployment="d", status=429, attempts=1, wait_s=2.0))
    logs(events.JobBrokenOff(job=a_job(), operation=None, duration_s=1.0, trace=Trace(trace_id=1, span_id=2)))
    logs(events.StoreFailed(cause="disk full"))

    assert [("broker", "lease extended"), ("history", "answers not kept")] == [
        (line["room"], line["event"]) for line in lines(capsys)
    ]


@pytest.mark.parametrize(("level", "told"), [("info", None), ("debug", "it said: my prompt")])
def test_what_a_failure_quotes(level: LogLevel, told: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """Its text may repeat a prompt, so that it is written only where somebody asked for it."""
    outcome = Fail(retries=0, message="it said: my prompt")
    Logs(level="warning", form="json", rooms={"connector": level})(
        events.JobFinished(job=a_job(), operation="x", outcome=outcome, reason="INVALID_REQUEST", duration_s=1.0)
    )

    [line] = lines(capsys)
    assert told == line.get("message")
    assert line["reason"] == "INVALID_REQUEST"


class _Unbuffered(io.RawIOBase):
    """Takes at *most* so many bytes at a time, as a pipe may that is nearly full; notes each time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: list[bytes] = []

    def writable(self) -> bool:
        """See RawIOBase."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """See RawIOBase."""
        self.taken.append(bytes(data)[: self.most])
        return len(self.taken[-1])


@pytest.mark.parametrize("most", [10, 100_000])
def test_lines_leave_together(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """In one write even where standard error is unbuffered, as in the image, and all of it where that takes several."""
    out = _Unbuffered(most)
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(cast("io.BufferedWriter", out), write_through=True))
    logs = Logs(level="debug", form="json")
    tell = FanOut([logs], soon=lambda _: None)
    for event in ALL:
        tell(event)
    tell.tell()

    assert len(b"".join(out.taken).splitlines()) == len(ALL)
    assert (len(out.taken) == 1) is (most > 10)
