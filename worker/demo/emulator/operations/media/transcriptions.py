"""Transcriptions: the name of the file, in the form that was asked for."""

from collections.abc import Mapping
from typing import Final

from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import invalid

__all__ = ["TRANSCRIPTIONS", "TRANSLATIONS"]


def _answer(exchange: Exchange) -> Reply:
    file = exchange.body.get("file")
    if not isinstance(file, Mapping):
        raise invalid("file", "missing_required_parameter", "Missing required parameter: 'file'.")
    text = f"This is what the emulator hears in {file['filename']}, {file['size']} bytes of sound."
    subtitle = f"00:00:00.000 --> 00:00:01.000\n{text}\n\n"
    match exchange.body.get("response_format", "json"):
        case "json":
            return Reply(body={"text": text})
        case "verbose_json":
            segment = {"id": 0, "start": 0.0, "end": 1.0, "text": text}
            heard = {"task": "transcribe", "language": "english", "duration": 1.0, "segments": [segment]}
            return Reply(body={**heard, "text": text})
        case "text":
            return _plain(f"{text}\n")
        case "srt":
            return _plain(f"1\n{subtitle.replace('.000', ',000')}")
        case "vtt":
            return _plain(f"WEBVTT\n\n{subtitle}")
        case _:
            raise invalid("response_format", "invalid_value", "Invalid 'response_format'.")


def _plain(text: str) -> Reply:
    return Reply(raw=text.encode(), content_type="text/plain; charset=utf-8")


TRANSCRIPTIONS: Final = Operation(path="audio/transcriptions", name="transcriptions", answer=_answer)
TRANSLATIONS: Final = Operation(path="audio/translations", name="translations", answer=_answer)
