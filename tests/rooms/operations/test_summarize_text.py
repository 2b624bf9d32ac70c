import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import CHAT_REPLY, a_reply
from tests.rooms.operations.conversing import conversation
from worker.errors import ConnectorError, ContextLengthExceeded, InvalidResponse
from worker.operations import Result
from worker.operations.splitting import estimated_tokens
from worker.operations.summarize_text import SummaryInput
from worker.refusals import refusal
from worker.wire import Call, Reply

LONG = "".join(f"Sentence {n} of a long text. " for n in range(100))  # about 900 estimated tokens
TOO_LONG = refusal(a_reply(400, {"error": {"code": "context_length_exceeded"}}))


def says(text: str | None, *, reason: str = "stop") -> Reply:
    choices = [{"finish_reason": reason, "message": {"role": "assistant", "content": text}}]
    return a_reply(body={**CHAT_REPLY, "choices": choices})


def text_of(call: Call) -> str:
    text: str = json.loads(call.body)["messages"][1]["content"]
    return text


def play(given: dict[str, Any], answer: Callable[[str], Reply | ConnectorError]) -> tuple[Result, list[list[str]]]:
    """Let *answer* answer for the service; the result, and the texts of each batch."""
    talk = conversation("summarizeText", given)
    asked: list[list[str]] = []
    batch = next(talk)
    while True:
        asked.append([text_of(call) for call in batch.calls])
        try:
            batch = talk.send([answer(text) for text in asked[-1]])
        except StopIteration as end:
            return end.value, asked


def test_a_text_that_fits_is_one_call() -> None:
    """With all wishes in its prompt."""
    given = {
        "text": "A text.",
        "length": "short",
        "maxWords": 20,
        "style": "bullet points",
        "language": "German",
        "focus": "prices",
    }
    [call] = next(conversation("summarizeText", given)).calls
    system = json.loads(call.body)["messages"][0]["content"]

    assert text_of(call) == "A text."
    for wish in ("two or three sentences", "At most 20 words", "bullet points", "German", "prices"):
        assert wish in system


def test_a_long_text_is_mapped_and_reduced() -> None:
    """Its pieces are summed up side by side, then their summaries; the result tells of every call."""
    result, asked = play({"text": LONG, "contextTokens": 300}, lambda text: says(text[:8]))

    assert "".join(asked[0]) == LONG
    assert all(estimated_tokens(text) <= 300 for text in asked[0])
    assert asked[1:] == [["\n\n".join(text[:8] for text in asked[0])]]
    body = json.loads(result.reply.body)
    assert [piece["level"] for piece in body["pieces"]] == [1] * len(asked[0]) + [2]
    assert [piece["characters"] for piece in body["pieces"]] == [len(text) for batch in asked for text in batch]
    assert body["pieces"][0]["usage"]["totalTokens"] == 11
    assert json.loads(bytes(result.answer.text)) == body["summary"] == "Sentence"
    assert result.answer.usage is not None
    assert result.answer.usage.total_tokens == 11 * len(body["pieces"])


def test_what_the_model_finds_too_long_is_halved() -> None:
    """A context window that is smaller than assumed costs refusals, which are not billed."""

    def answer(text: str) -> Reply | ConnectorError:
        return TOO_LONG if estimated_tokens(text) > 250 else says(text[:8])

    result, asked = play({"text": LONG}, answer)

    assert [len(asked[0]), len(asked[1]), len(asked[-1])] == [1, 2, 1]
    assert json.loads(bytes(result.answer.text)) == "Sentence"
    done = [piece for piece in json.loads(result.reply.body)["pieces"] if piece["level"] == 1]
    assert sum(piece["characters"] for piece in done) == len(LONG)


def test_what_is_too_long_in_any_case_is_an_error() -> None:
    """Halving ends."""
    with pytest.raises(ContextLengthExceeded):
        play({"text": LONG}, lambda _: TOO_LONG)


def test_summaries_that_do_not_get_shorter_are_an_error() -> None:
    """A model that repeats what it reads would be asked for ever."""
    with pytest.raises(InvalidResponse, match="do not get shorter"):
        play({"text": LONG, "contextTokens": 300}, says)


def test_a_piece_that_was_cut_is_told() -> None:
    """The worst of all finish reasons is the summary's; a piece without an answer leaves a gap."""

    def answer(text: str) -> Reply:
        return says(None, reason="content_filter") if "Sentence 0 " in text else says("short")

    result, _ = play({"text": LONG, "contextTokens": 300}, answer)

    assert (result.answer.finish_reason, result.answer.content_filter.filtered) == ("content_filter", True)
    assert json.loads(bytes(result.answer.text)) == "short"


def test_no_summary_at_all() -> None:
    """Where the model says nothing, the text is null and the finish reason tells why."""
    result, _ = play({"text": "A text."}, lambda _: says(None, reason="length"))

    assert (bytes(result.answer.text), result.answer.finish_reason) == (b"null", "length")


@pytest.mark.parametrize("given", [{}, {"text": "x", "length": "huge"}, {"text": "x", "contextTokens": 10}])
def test_limits(given: dict[str, object]) -> None:
    """A text is needed."""
    with pytest.raises(ValidationError):
        SummaryInput.model_validate(given)
