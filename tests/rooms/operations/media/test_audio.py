import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.forms import parts_of
from tests.made import a_reply, a_target
from tests.rooms.operations.conversing import first_call, result
from worker.errors import InvalidResponse
from worker.inputs import Options
from worker.wire import Call, Surface

SOUND = bytes(range(256)) + b"\r\n--form\r\n"
FILE = {"content": base64.b64encode(SOUND).decode(), "name": "meeting.wav"}


def fields(call: Call) -> list[tuple[str, str | None, bytes]]:
    return parts_of(call.body, call.content_type)


def test_a_recording_is_a_form() -> None:
    """The file is sent byte for byte, parameters as texts, lists as fields that come more than once."""
    given = {"file": FILE, "language": "de", "temperature": 0.5, "timestampGranularities": ["word", "segment"]}
    call = first_call("transcribeAudio", {**given, "responseFormat": "verbose_json"})

    assert call.path == "audio/transcriptions"
    assert fields(call) == [
        ("language", None, b"de"),
        ("response_format", None, b"verbose_json"),
        ("temperature", None, b"0.5"),
        ("timestamp_granularities[]", None, b"word"),
        ("timestamp_granularities[]", None, b"segment"),
        ("file", "meeting.wav", SOUND),
    ]


def test_a_translation() -> None:
    """It is asked for at a place of its own, and its text is English, so no language is given."""
    call = first_call("transcribeAudio", {"file": FILE, "translate": True, "prompt": "Zeebe"})

    assert (call.path, fields(call)) == (
        "audio/translations",
        [("prompt", None, b"Zeebe"), ("file", "meeting.wav", SOUND)],
    )


def test_a_form_takes_extra_fields() -> None:
    """What is given in options.extraBody goes into the form, in place of a field of the same name."""
    extra = {"language": "en", "chunking_strategy": "auto", "stream": False}
    options = Options.model_validate({"extraBody": extra})

    call = first_call("transcribeAudio", {"file": FILE, "language": "de"}, options=options)

    assert fields(call)[:-1] == [
        ("language", None, b"en"),
        ("chunking_strategy", None, b"auto"),
        ("stream", None, b"false"),
    ]


def test_where_the_body_names_the_model() -> None:
    """The deployment is a field of the form."""
    call = first_call("transcribeAudio", {"file": FILE}, target=a_target(Surface.MODEL, None))

    assert fields(call)[0] == ("model", None, b"gpt-4.1-mini")


def test_the_same_recording_is_the_same_request() -> None:
    """No boundary is drawn by chance, so that a repeated job sends what it sent before."""
    assert first_call("transcribeAudio", {"file": FILE}) == first_call("transcribeAudio", {"file": FILE})


def test_a_name_cannot_break_out_of_its_line() -> None:
    """Quotes and line breaks in a file's name are encoded."""
    evil = {**FILE, "name": 'a"\r\nX-Injected: b', "contentType": "audio/wav\r\nX-Injected: b"}

    assert b"\r\nX-Injected" not in first_call("transcribeAudio", {"file": evil}).body


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param("data:audio/mpeg;base64,AAAA", "file.mp3", id="data URL"),
        pytest.param("data:audio/wav;charset=x;base64,AA AA\n", "file.wav", id="with parameters and breaks"),
        pytest.param("AAAA", "file.bin", id="base64"),
    ],
)
def test_a_file_without_a_name(content: str, name: str) -> None:
    """It gets one with the ending of its type, which services go by."""
    assert fields(first_call("transcribeAudio", {"file": {"content": content}}))[-1] == ("file", name, bytes(3))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="no file"),
        pytest.param({"file": {"name": "x.wav"}}, id="a name alone"),
        pytest.param({"file": {"content": "not base64!"}}, id="no base64"),
        pytest.param({"file": {"content": "data:audio/wav,plain"}}, id="a data URL without base64"),
        pytest.param({"file": FILE, "responseFormat": "doc"}, id="no such format"),
        pytest.param({"file": FILE, "translate": True, "language": "de"}, id="a translation's language"),
        pytest.param({"file": FILE, "translate": True, "timestampGranularities": ["word"]}, id="a translation's times"),
    ],
)
def test_what_is_no_recording(given: dict[str, Any]) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(ValidationError):
        first_call("transcribeAudio", given)


@pytest.mark.parametrize("form", ["text", "srt", "vtt"])
def test_a_transcript_that_is_no_json(form: str) -> None:
    """Subtitles and plain text are body and text alike."""
    come_to = result("transcribeAudio", {"file": FILE, "responseFormat": form}, a_reply(body="WEBVTT\n\nGrüße\n"))

    assert come_to.body == bytes(come_to.answer.text)
    assert json.loads(come_to.body) == "WEBVTT\n\nGrüße\n"


def test_a_transcript_in_json() -> None:
    """The text is ready, and the tokens where the model counts them."""
    usage = {"type": "tokens", "input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    answer = result("transcribeAudio", {"file": FILE}, a_reply(body={"text": "Hello.", "usage": usage})).answer

    assert json.loads(bytes(answer.text)) == "Hello."
    assert answer.usage is not None
    assert answer.usage.total_tokens == 7


@pytest.mark.parametrize(
    ("model", "more", "usd"),
    [
        pytest.param(
            "gpt-4o-transcribe",
            {"usage": {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150,
                       "input_token_details": {"text_tokens": 10, "audio_tokens": 90}}},
            10 * 2.5e-6 + 90 * 6e-6 + 50 * 10e-6, id="by tokens",
        ),
        pytest.param("whisper-1", {"usage": {"type": "duration", "seconds": 90}}, 0.009, id="by seconds"),
        pytest.param("whisper-1", {"duration": 90.0}, 0.009, id="by its own length"),
        pytest.param("whisper-1", {}, None, id="its length is not said"),
        pytest.param(None, {"usage": {"type": "duration", "seconds": 90}}, None, id="the model is not said"),
    ],
)  # fmt: skip
def test_what_a_transcript_costs(model: str | None, more: dict[str, Any], usd: float | None) -> None:
    """It is known where the service tells model and length."""
    told = a_reply(body={"text": "Hello.", **more}, x_ms_served_model=model or "")
    answer = result("transcribeAudio", {"file": FILE}, told).answer

    assert answer.model == model
    assert answer.cost == (None if usd is None else pytest.approx(usd))


@pytest.mark.parametrize(
    ("model", "usd"),
    [pytest.param("tts-1", 6 * 15e-6, id="by characters"), pytest.param("gpt-4o-mini-tts", None, id="not")],
)
def test_what_speech_costs(model: str, usd: float | None) -> None:
    """It is known of models that are paid by the character."""
    spoken = a_reply(body=b"ID3", content_type="audio/mpeg", x_ms_served_model=model)

    assert result("createSpeech", {"input": "Hello.", "voice": "alloy"}, spoken).answer.cost == (
        usd and pytest.approx(usd)
    )


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b"<html>"])
def test_what_is_no_transcript(body: bytes) -> None:
    """An answer that is none is an error that says where to look."""
    with pytest.raises(InvalidResponse, match="no transcript"):
        result("transcribeAudio", {"file": FILE}, a_reply(body=body))


def test_speech_without_a_store() -> None:
    """The audio is the body, as base64."""
    spoken = a_reply(body=b"ID3\xff", content_type="audio/mpeg")
    come_to = result("createSpeech", {"input": "Hello.", "voice": "alloy"}, spoken)

    assert base64.b64decode(json.loads(come_to.body or b"")) == b"ID3\xff"
    assert come_to.files == ()


@pytest.mark.parametrize(
    ("content_type", "asked", "kind"),
    [
        pytest.param("audio/wav", "wav", ("audio/wav", "wav"), id="as the service says"),
        pytest.param("application/octet-stream", "opus", ("audio/opus", "opus"), id="as it was asked for"),
        pytest.param("application/octet-stream", "pcm", ("audio/pcm", "pcm"), id="raw"),
    ],
)
def test_speech_with_a_store(content_type: str, asked: str, kind: tuple[str, str]) -> None:
    """The audio is a file of the right type, and no longer in the body."""
    given = {"input": "Hello.", "voice": "alloy", "responseFormat": asked}
    come_to = result("createSpeech", given, a_reply(body=b"\x01", content_type=content_type), stores_files=True)

    [file] = come_to.files
    assert (file.content, (file.content_type, file.ending), come_to.body) == (b"\x01", kind, b"null")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"", "audio/mpeg"), (b"<html>", "text/html; charset=utf-8"), (b"{}", "application/json")],
)
def test_what_is_no_speech(body: bytes, content_type: str) -> None:
    """A page or an empty answer does not pass for audio."""
    with pytest.raises(InvalidResponse, match="no audio"):
        result("createSpeech", {"input": "x", "voice": "alloy"}, a_reply(body=body, content_type=content_type))


@pytest.mark.parametrize(
    "given",
    [{"voice": "alloy"}, {"input": "x"}, {"input": "x" * 4097, "voice": "a"}, {"input": "x", "voice": "a", "speed": 5}],
)
def test_what_cannot_be_spoken(given: dict[str, Any]) -> None:
    """It is refused before anything is billed."""
    with pytest.raises(ValidationError):
        first_call("createSpeech", given)
