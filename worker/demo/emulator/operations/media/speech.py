"""Speech: a second of silence, in a file of about the right kind."""

import struct
from typing import Final

from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import invalid

__all__ = ["SPEECH"]

_LONGEST: Final = 4_096  # characters
_RATE_HZ: Final = 8_000
_TYPES: Final = {
    "mp3": "audio/mpeg", "opus": "audio/opus", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav",
    "pcm": "audio/pcm",
}  # fmt: skip


def _answer(exchange: Exchange) -> Reply:
    text, voice = exchange.body.get("input"), exchange.body.get("voice")
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        raise invalid("input", "invalid_value", f"Invalid 'input': wanted a text of 1 to {_LONGEST} characters.")
    if not isinstance(voice, str):
        raise invalid("voice", "missing_required_parameter", "Missing required parameter: 'voice'.")
    kind = exchange.body.get("response_format", "mp3")
    if kind not in _TYPES:
        raise invalid("response_format", "invalid_value", "Invalid 'response_format'.")
    content = _wav() if kind == "wav" else b"ID3\x04" + bytes(64)
    return Reply(raw=content, content_type=_TYPES[str(kind)])


def _wav() -> bytes:
    silence = b"\x80" * _RATE_HZ
    format_chunk = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, _RATE_HZ, _RATE_HZ, 1, 8)
    data_chunk = b"data" + struct.pack("<I", len(silence)) + silence
    inner = b"WAVE" + format_chunk + data_chunk
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


SPEECH: Final = Operation(path="audio/speech", name="speech", answer=_answer)
