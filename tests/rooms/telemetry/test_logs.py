import json
from typing import get_args

import pytest

from tests.made import a_job
from worker import events
from worker.events import Event
from worker.outcome import Complete, Fail, Throw
from worker.telemetry import Logs

ALL: list[Event] = [
    events.WorkerReady(address="z:1", job_types=("azure-openai",)),
    events.BrokerLost(address="z:1", cause="refused", retry_in_s=1.0),
    events.BrokerReached(address="z:1", away_s=2.0),
    events.CallFinished(deployment="d", status=200, duration_s=0.1),
    events.AnswerReused(job=a_job()),
    events.StoreFailed(cause="disk full"),
    events.CallRepeated(deployment="d", status=429, attempts=1, wait_s=2.0),
    events.JobFinished(
        job=a_job(), operation="x", outcome=Complete(variables=b'"answer"'), reason=None, duration_s=1.0
    ),
    events.ReportRepeated(job=a_job(), cause="busy", retry_in_s=0.5),
    events.LeaseLost(job=a_job(), cause="not found"),
    events.DrainStarted(in_flight=3, grace_s=25.0),
    events.JobHandedBack(job=a_job()),
    events.Stopped(),
    events.HandlerCrashed(job=a_job(), error=ValueError("holds a prompt")),
    events.ListenerFailed(listener="Metrics", error=ValueError("holds a prompt")),
    events.ManagementFailed(address="127.0.0.1:1", cause="taken"),
    events.StreamLost(job_type="azure-openai", cause="closed", retry_in_s=1.0),
    events.FirstKeyRefused(deployment="gpt"),
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
