from typing import Any

import pytest

from tests.made import a_job
from tests.stores.databases import opened, told
from tests.stores.recording import NOW_S, recording
from worker.events import Consumed
from worker.history import Exchange, Place
from worker.history.databases import Statement
from worker.outcome import Fail, Throw
from worker.wire import Call, Reply


async def test_who_asked_what(place: Place) -> None:
    """Everything that an auditor asks about one job is in its entry."""
    async with recording(place) as room:
        room.recorder.record(told('{"messages":["What is two and two?"]}', '{"choices":["Four."]}'))
    [entry] = await room.kept()

    job = a_job()
    assert (job.bpmn_process_id, job.element_id, job.process_instance_key) == (
        entry.process,
        entry.element,
        entry.process_instance,
    )
    assert ("<default>", "chatCompletion", "main", "gpt-4.1-mini") == (
        entry.tenant,
        entry.operation,
        entry.connection,
        entry.deployment,
    )
    assert ("gpt-4.1-mini-2025-04-14", 9, 2, 0.0000068) == (
        entry.model,
        entry.input_tokens,
        entry.output_tokens,
        entry.cost_usd,
    )
    assert ("completed", None, 1.5, NOW_S) == (entry.outcome, entry.reason, entry.duration_s, entry.ended_at)
    assert '{"messages":["What is two and two?"]}' == entry.request
    assert '{"choices":["Four."]}' == entry.answer
    assert ("pod-1", "req-1", 1, 0) == (entry.worker, entry.request_id, entry.calls, entry.calls_reused)


async def test_metadata_only(place: Place) -> None:
    """Neither prompt nor answer nor an error's text is kept where the operator wants none."""
    failure = Fail(retries=0, message="CONTENT_FILTERED: the prompt says something personal")
    async with recording(place, text_bytes=None) as room:
        room.recorder.record(told("personal", "personal", outcome=failure, reason="CONTENT_FILTERED"))
    [entry] = await room.kept()

    assert (None, None, None) == (entry.request, entry.answer, entry.message)
    assert ("incident", "CONTENT_FILTERED", 9) == (entry.outcome, entry.reason, entry.input_tokens)
    async with opened(place) as database:
        assert "personal" not in str(await database.run(Statement("SELECT * FROM ours.prompts")))


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param('{"error":"the key s3cr3t-k3y is wrong"}', id="as it is"),
        pytest.param('{"error":"the key s3cr3t\\u002dk3y is wrong"}', id="escaped"),
        pytest.param("no JSON: s3cr3t-k3y", id="no JSON"),
        pytest.param('{"error":"' + "x" * 985 + 's3cr3t-k3y"}', id="across the cut"),
    ],
)
async def test_secrets_are_masked(place: Place, echo: str) -> None:
    """However an answer repeats a key, no piece of it is kept; nor of one that stands in a prompt or a name."""
    async with recording(place) as room:
        room.recorder.record(told("my key is s3cr3t-k3y", echo, connection="s3cr3t-k3y"))
    [entry] = await room.kept()

    assert "s3cr" not in str(entry)
    assert "***" == entry.connection
    assert "my key is ***" == entry.request


async def test_long_texts_are_cut(place: Place) -> None:
    """A mark says how much there was; letters are not cut in two."""
    async with recording(place) as room:
        room.recorder.record(told("ä" * 2000, "x" * 1000))
    [entry] = await room.kept()

    assert "ä" * 500 + "… (cut after 1000 of 4000 bytes)" == entry.request
    assert "x" * 1000 == entry.answer


async def test_what_no_database_takes_as_it_is(place: Place) -> None:
    """NUL, bytes that are no text, audio, and absurd numbers of tokens."""
    audio = Exchange(
        Call(path="audio", body=b"\x00\xff", content_type="multipart/form-data; boundary=x"),
        Reply(status=200, reason="OK", headers=(("Content-Type", "text/plain"),), body=b"a\x00b\xff"),
    )
    looked = Exchange(Call(path="models", method="GET"), None)
    counted = Consumed(
        model="m", input_tokens=2**70, output_tokens=1, cached_tokens=0, reasoning_tokens=0, cost_usd=None
    )
    async with recording(place) as room:
        room.recorder.record(told(exchanges=[audio, looked], consumed=counted))
    [entry] = await room.kept()

    assert "(multipart/form-data, 2 bytes)\nGET" == entry.request
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}\n" == entry.answer
    assert 2**63 - 1 == entry.input_tokens
    assert [] == room.events


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        pytest.param({"outcome": Fail(retries=2, message="busy")}, "failed", id="tried again"),
        pytest.param({"outcome": Fail(retries=0, message="bad")}, "incident", id="incident"),
        pytest.param({"outcome": Throw(error_code="FILTERED")}, "bpmn_error", id="BPMN error"),
        pytest.param({"is_broken_off": True}, "broken_off", id="lease lost"),
    ],
)
async def test_outcomes(place: Place, changed: dict[str, Any], outcome: str) -> None:
    """The outcome is one word, the same as in the metrics."""
    async with recording(place) as room:
        room.recorder.record(told(**changed))
    [entry] = await room.kept()

    assert outcome == entry.outcome
