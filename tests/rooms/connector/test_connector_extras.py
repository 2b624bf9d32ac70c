"""What only some operations ask of the data path: headers of their own, waits, and a place for files."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.made import KEY, a_job, a_reply, a_task
from worker.connections import Connection, Connections, Routes
from worker.connector import Access, Connector, Preview
from worker.documents import DocumentFolder
from worker.expressions import Expressions
from worker.history import Answers, RecentAnswers
from worker.outcome import Complete, Fail
from worker.secrets import EnvironmentSecrets, Secrets
from worker.wire import Behalf, Call, Reply, Target

RAW: dict[str, Any] = a_task(operation="rawRequest", deployment=None)


@dataclass
class Lab:
    """A connector in front of a service that gives *replies* in turn; sleeping makes its clock go on."""

    replies: Sequence[Reply]
    documents: DocumentFolder | None = None
    answers: Answers | None = None
    asked: list[tuple[Call, Target, Connection, str, float]] = field(default_factory=list)
    slept_s: list[float] = field(default_factory=list)

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf) -> Reply:
        target, connection, *_ = routes.first
        self.asked.append((call, target, connection, by.owner, timeout_s))
        return self.replies[len(self.asked) - 1]

    async def sleep(self, delay_s: float) -> None:
        self.slept_s.append(delay_s)

    def connector(self) -> Connector:
        names = {"SECRET_AZURE_OPENAI_API_KEY": KEY, "SECRET_OWN": "0wn-s3cret"}
        return Connector(
            self,
            Access(Secrets(EnvironmentSecrets(names, prefix="SECRET_")), Connections()),
            Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5),
            observe=lambda _: None,
            clock=lambda: sum(self.slept_s),
            documents=self.documents,
            answers_of=self.answers.of if self.answers else None,
            sleep=self.sleep,
        )


def raw(**given: Any) -> dict[str, Any]:
    return {**RAW, "input": {"path": "models", **given}}


async def test_a_secret_in_a_header_of_a_raw_request() -> None:
    """It is filled there, masked wherever it comes back, and left alone in the body."""
    lab = Lab([a_reply(body={"echo": "0wn-s3cret"})])
    given = {"headers": {"X-Own": "Bearer {{secrets.OWN}}"}, "body": {"say": "{{secrets.OWN}}"}, "method": "POST"}
    outcome = await lab.connector().run(a_job(raw(**given)))

    [(call, *_)] = lab.asked
    assert call.headers["X-Own"].get_secret_value() == "Bearer 0wn-s3cret"
    assert json.loads(call.body) == {"say": "{{secrets.OWN}}"}
    assert b"0wn-s3cret" not in outcome.variables
    assert "0wn-s3cret" not in repr(lab.asked)


async def test_waits_between_attempts() -> None:
    """As long as the task asks, within its time-out, and with its own time for each attempt."""
    lab = Lab([a_reply(500, ""), a_reply(503, ""), a_reply()])
    retries = {"maxRetries": 2, "retryDelayMs": 1500, "exponentialBackoff": True, "timeout": "PT2S"}
    outcome = await lab.connector().run(a_job(raw(**retries)))

    assert isinstance(outcome, Complete)
    assert lab.slept_s == [1.5, 3.0]
    assert [timeout_s for *_, timeout_s in lab.asked] == [2.0, 2.0, 2.0]
    assert json.loads(outcome.variables)["result"]["output"]["attempts"] == 3


async def test_a_wait_that_would_outlive_the_task_is_not_begun() -> None:
    """The task ends as timed out at once, not after a sleep for nothing."""
    lab = Lab([a_reply(500, "")])
    task = {**raw(maxRetries=1, retryDelayMs=60_000), "options": {"timeout": "PT30S"}}
    outcome = await lab.connector().run(a_job(task))

    assert isinstance(outcome, Fail)
    assert lab.slept_s == []
    assert "outlive" in outcome.message


async def test_a_generated_file_is_stored_and_referred_to(tmp_path: Path) -> None:
    """The process gets an address instead of megabytes."""
    picture = b"\x89PNG" + bytes(5_000_000)
    body = {"created": 1, "data": [{"b64_json": base64.b64encode(picture).decode()}]}
    lab = Lab([a_reply(body=body)], DocumentFolder(tmp_path, base_url="https://files.example"))
    outcome = await lab.connector().run(a_job(a_task(operation="createImage", input={"prompt": "x"})))

    result = json.loads(outcome.variables)["result"]
    assert result["document"] == result["output"]["documents"][0]
    assert result["document"]["url"].startswith("https://files.example/")
    assert result["body"] == {"created": 1, "data": [{}]}


async def test_a_file_that_is_too_large_for_a_process() -> None:
    """Without a store the incident names the size, the limit, and the setting that would help."""
    body = {"created": 1, "data": [{"b64_json": base64.b64encode(bytes(5_000_000)).decode()}]}
    outcome = await Lab([a_reply(body=body)]).connector().run(
        a_job(a_task(operation="createImage", input={"prompt": "x"}))
    )  # fmt: skip

    assert isinstance(outcome, Fail)
    assert outcome.retries == 0
    assert all(part in outcome.message for part in ("RESULT_TOO_LARGE", "4000000", "WORKER_DOCUMENT_FOLDER"))


async def test_a_preview_asks_nothing() -> None:
    """It holds the calls and where they would go; or says what is wrong."""
    lab = Lab([])
    seen = await lab.connector().preview(a_job(raw()))
    wrong = await lab.connector().preview(a_job(raw(method="TRACE")))

    assert isinstance(seen, Preview)
    assert [call.path for call in seen.batch.calls] == ["models"]
    assert isinstance(wrong, Fail)
    assert "input.method" in wrong.message
    assert lab.asked == []


async def test_a_response_in_the_background_is_begun_once() -> None:
    """A job that comes again, after its time was up, looks at the response that it began: nothing is paid for twice."""
    response = '{"id": "resp_1", "status": "%s", "output": []}'
    replies = [a_reply(body=response % status) for status in ("queued", "in_progress", "completed")]
    lab = Lab(replies, answers=Answers(RecentAnswers(max_bytes=99_999), observe=lambda _: None))
    given = {"input": "Think.", "background": True}
    job = a_job(a_task(operation="createResponse", input=given, options={"timeout": "PT2S"}))

    first = await lab.connector().run(job)
    again = await lab.connector().run(job)

    assert isinstance(first, Fail)
    assert first.message.startswith("TIMEOUT: the next attempt")
    assert isinstance(again, Complete)
    assert [call.method for call, *_ in lab.asked] == ["POST", "GET", "GET"]
