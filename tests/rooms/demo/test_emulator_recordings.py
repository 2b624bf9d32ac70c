"""The emulator's shapes are those of recorded traffic."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.demo.conftest import CHAT, Caller
from worker.demo.emulator import Answer

RECORDINGS = Path(__file__).resolve().parents[3].parent / "shared/recordings/azure-openai.json"
MESSAGES = {"messages": [{"role": "user", "content": "Hello"}]}
V1 = "/openai/v1/chat/completions"

pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")


def recorded(code: str) -> Any:
    """The recorded error with this code."""
    bodies = [exchange["response"].get("json") for exchange in json.loads(RECORDINGS.read_text(encoding="utf-8"))]
    return next(body for body in bodies if body and (body.get("error") or {}).get("code") == code)


def shape(value: object) -> object:
    """The names in a value, all the way down."""
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else None


async def test_unauthorized(caller: Caller) -> None:
    """401 is word for word what was recorded."""
    assert recorded("401") == (await caller.post(CHAT.format("gpt-4o"), MESSAGES, headers={})).json


async def test_deployment_not_found(caller: Caller) -> None:
    """404 for an unknown deployment is word for word what was recorded."""
    assert recorded("DeploymentNotFound") == (await caller.chat(deployment="nobody")).json


async def test_rate_limited(caller: Caller) -> None:
    """429 has the recorded names and both headers."""
    caller.azure.next(Answer.status(429, retry_after_s=1, retry_after_ms=0))
    seen = await caller.post(V1, {"model": "gpt-4o", **MESSAGES})

    assert shape(recorded("RateLimitReached")) == shape(seen.json)


async def test_filtered_prompt(caller: Caller) -> None:
    """A prompt stopped by the filter has the recorded names; newer services find one category more."""
    caller.azure.next(Answer.filtered_prompt())
    error, known = (await caller.chat()).error, recorded("content_filter")["error"]
    found = error["innererror"].pop("content_filter_result")
    categories = known["innererror"].pop("content_filter_result")

    assert shape(known) == shape(error)
    assert {name.replace("-", "_") for name in categories} < set(found)


def recorded_chat() -> Any:
    """A recorded plain chat answer of a recent classic deployment."""
    exchanges = json.loads(RECORDINGS.read_text(encoding="utf-8"))
    bodies = (exchange["response"].get("json") or {} for exchange in exchanges)
    return next(
        body for body in bodies if body.get("choices") and "annotations" in body["choices"][0].get("message", {})
    )


async def test_chat(caller: Caller) -> None:
    """A plain answer has the recorded names, on top and in its message and usage."""
    known, seen = recorded_chat(), (await caller.chat()).json

    assert set(known) == set(seen)
    assert set(known["choices"][0]) == set(seen["choices"][0])
    assert shape(known["choices"][0]["message"]) == shape(seen["choices"][0]["message"])
    assert shape(known["usage"]) == shape(seen["usage"])


async def test_cut_choice(caller: Caller) -> None:
    """A choice cut by the filter has exactly the recorded names."""
    exchanges = json.loads(RECORDINGS.read_text(encoding="utf-8"))
    bodies = (exchange["response"].get("json") or {} for exchange in exchanges)
    known = next(
        body for body in bodies if [c for c in body.get("choices", ()) if c["finish_reason"] == "content_filter"]
    )
    caller.azure.next(Answer.cut_by_filter())
    seen = (await caller.chat()).json

    assert shape(known["choices"][0]) == shape(seen["choices"][0])


async def test_streamed_chunks(caller: Caller) -> None:
    """Chunks have the recorded names, but for what only measures the service itself."""
    exchanges = json.loads(RECORDINGS.read_text(encoding="utf-8"))
    texts = [e["response"].get("text") or "" for e in exchanges if "deployments" in e["request"]["path"]]
    known = next(text for text in texts if '"usage":null' in text)
    chunks = [json.loads(block.removeprefix("data: ")) for block in known.strip().split("\n\n")[:-1]]
    seen = await caller.chat(stream=True, stream_options={"include_usage": True})
    ours = [json.loads(event) for event in seen.events[:-1]]
    unknown = {"obfuscation", "service_tier", "latency_checkpoint"}

    for place in (0, 1, 2, -2, -1):
        assert set(chunks[place]) - unknown == set(ours[place])
