"""Answers as streams."""

import json

import aiohttp
import pytest

from tests.rooms.demo.conftest import Caller
from worker.demo.emulator import Answer


async def test_is_the_answer_in_pieces(caller: Caller) -> None:
    """The pieces of a stream, joined, are the answer as a whole."""
    whole = (await caller.chat()).json["choices"][0]["message"]["content"]
    *events, end = (await caller.chat(stream=True)).events
    deltas = [choice["delta"] for event in events for choice in json.loads(event)["choices"]]

    assert "[DONE]" == end
    assert whole == "".join(delta.get("content", "") for delta in deltas)


async def test_begins_with_the_filter_and_ends_with_usage(caller: Caller) -> None:
    """The first chunk has only the prompt's filter results; the last, when asked for, only the usage."""
    first, *_, last, _ = (await caller.chat(stream=True, stream_options={"include_usage": True})).events

    assert ([], "") == (json.loads(first)["choices"], json.loads(first)["id"])
    assert [] == json.loads(last)["choices"]
    assert json.loads(last)["usage"]["total_tokens"] > 0


async def test_error_in_the_middle(caller: Caller) -> None:
    """A stream that began with 200 may report an error in the middle."""
    caller.azure.next(Answer.error_in_stream(429))
    seen = await caller.chat(stream=True)

    assert 200 == seen.status
    assert "429" == json.loads(seen.events[-1])["error"]["code"]


async def test_breaks_off(caller: Caller) -> None:
    """A stream may break off without its end."""
    caller.azure.next(Answer.broken("truncated"))

    with pytest.raises(aiohttp.ClientError):
        await caller.chat(stream=True)


async def test_text_completion(caller: Caller) -> None:
    """Text completions stream in their own shape."""
    path = "/openai/deployments/gpt-35-turbo-instruct/completions?api-version=2024-10-21"
    *events, end = (await caller.post(path, {"prompt": "Hi", "stream": True})).events
    chunks = [json.loads(event) for event in events]

    assert "[DONE]" == end
    assert "length" == chunks[-1]["choices"][0]["finish_reason"]
    assert 16 == sum(1 for chunk in chunks for choice in chunk["choices"] if choice["text"])
