"""Images, speech, transcriptions and responses."""

import base64
import json

import aiohttp
import pytest

from tests.rooms.demo.conftest import Caller

DATED = "?api-version=2025-04-01-preview"
GPT_IMAGE = "/openai/deployments/gpt-image-1-mini/images/generations" + DATED
DALL_E = "/openai/deployments/dall-e-3/images/generations" + DATED
SPEECH = "/openai/deployments/gpt-4o-mini-tts/audio/speech" + DATED
HEARD = "/openai/deployments/whisper/audio/transcriptions" + DATED


async def test_two_families_of_images(caller: Caller) -> None:
    """gpt-image answers with bytes and counts tokens; DALL-E with an address unless bytes are asked for."""
    picture = (await caller.post(GPT_IMAGE, {"prompt": "a cat", "n": 2})).json
    address = (await caller.post(DALL_E, {"prompt": "a cat"})).json
    packed = (await caller.post(DALL_E, {"prompt": "a cat", "response_format": "b64_json"})).json

    assert [b"\x89PNG", b"\x89PNG"] == [base64.b64decode(image["b64_json"])[:4] for image in picture["data"]]
    assert picture["usage"]["total_tokens"] > 0
    assert address["data"][0]["url"].startswith("https://")
    assert "b64_json" in packed["data"][0]


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (GPT_IMAGE, {}, "prompt"),
        (GPT_IMAGE, {"prompt": "x", "response_format": "url"}, "response_format"),
        (DALL_E, {"prompt": "x", "n": 2}, "n"),
        (SPEECH, {"voice": "alloy"}, "input"),
        (SPEECH, {"input": "x"}, "voice"),
        (SPEECH, {"input": "x", "voice": "alloy", "response_format": "doc"}, "response_format"),
    ],
)
async def test_what_is_refused(caller: Caller, path: str, body: dict[str, object], param: str) -> None:
    """The error names the parameter."""
    assert param == (await caller.post(path, body)).error["param"]


async def test_speech_is_bytes(caller: Caller) -> None:
    """With the type of the format."""
    async with caller.session.post(
        caller.azure.url + SPEECH,
        json={"input": "Hello", "voice": "alloy", "response_format": "wav"},
        headers={"api-key": caller.azure.key},
    ) as answer:
        content = await answer.read()

    assert (200, "audio/wav", b"RIFF") == (answer.status, answer.content_type, content[:4])


@pytest.mark.parametrize(
    ("form", "says"),
    [("json", '{"text": "This'), ("text", "This is"), ("srt", "1\n00:"), ("vtt", "WEBVTT"), ("verbose_json", "{")],
)
async def test_a_recording_is_read_from_its_form(caller: Caller, form: str, says: str) -> None:
    """The file arrives with its name and size; the answer has the form that was asked for."""
    sent = aiohttp.FormData({"response_format": form})
    sent.add_field("file", b"\x00\r\n\xff", filename="talk.wav", content_type="audio/wav")
    headers = {"api-key": caller.azure.key}
    async with caller.session.post(caller.azure.url + HEARD, data=sent, headers=headers) as answer:
        text = await answer.text()

    assert text.startswith(says)
    assert "talk.wav, 4 bytes" in text


@pytest.mark.parametrize("path", ["/openai/v1/responses", "/openai/responses" + DATED])
async def test_responses(caller: Caller, path: str) -> None:
    """The body names the deployment on both paths."""
    answer = (await caller.post(path, {"model": "gpt-5-mini", "input": [{"role": "user", "content": "Hi"}]})).json

    assert "completed" == answer["status"]
    assert "Hi" in answer["output"][0]["content"][0]["text"]
    assert 64 <= answer["usage"]["output_tokens_details"]["reasoning_tokens"] < answer["usage"]["output_tokens"]


async def test_responses_call_tools_and_keep_to_a_schema(caller: Caller) -> None:
    """As chats do."""
    tool = {"type": "function", "name": "weather", "parameters": {"properties": {"city": {"type": "string"}}}}
    form = {"type": "json_schema", "name": "a", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    asked = {"model": "gpt-4o", "input": "Hi"}
    called = (await caller.post("/openai/v1/responses", {**asked, "tools": [tool]})).json["output"][0]
    told = (await caller.post("/openai/v1/responses", {**asked, "text": {"format": form}})).json["output"][0]

    assert ("function_call", "weather", '{"city":"example"}') == (called["type"], called["name"], called["arguments"])
    assert '{"n":1}' == told["content"][0]["text"]


async def test_responses_are_not_in_every_version(caller: Caller) -> None:
    """Before 2025-03-01-preview the service says so; without input it says that."""
    old = await caller.post("/openai/responses?api-version=2024-10-21", {"model": "gpt-4o", "input": "Hi"})
    empty = await caller.post("/openai/v1/responses", {"model": "gpt-4o"})

    assert 400 == old.status
    assert "input" == empty.error["param"]


async def test_a_response_in_the_background(caller: Caller) -> None:
    """It is queued, then in progress, then there; one that nobody began is not found."""
    body = {"model": "gpt-4o", "input": "Think.", "background": True}
    begun = (await caller.post("/openai/v1/responses", body)).json
    looks = [(await caller.get(f"/openai/v1/responses/{begun['id']}")).json for _ in range(3)]

    assert (begun["status"], begun["output"]) == ("queued", [])
    assert [look["status"] for look in looks] == ["in_progress", "completed", "completed"]
    assert looks[-1]["output"][0]["content"][0]["text"].startswith("You asked")
    assert (await caller.get("/openai/v1/responses/resp_unknown")).status == 404


async def test_a_response_as_a_stream(caller: Caller) -> None:
    """The last event holds all of it."""
    seen = await caller.post("/openai/v1/responses", {"model": "gpt-4o", "input": "Hi", "stream": True})

    events = [json.loads(event) for event in seen.events if event != "[DONE]"]
    whole = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    assert [events[0]["type"], events[-1]["type"]] == ["response.created", "response.completed"]
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == whole
