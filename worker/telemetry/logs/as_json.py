"""Lines for machines: one JSON object each, in a third of the time that a logging library takes for it."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO, Final

import msgspec

__all__ = ["json_lines"]

_NS_PER_S: Final = 1_000_000_000
_NS_PER_US: Final = 1_000
_encode: Final = msgspec.json.Encoder(enc_hook=str).encode  # what is no JSON is written as its text


def json_lines(out: BinaryIO) -> Callable[[str], Callable[[str, str, Mapping[str, object]], object]]:
    """What writes lines of a level (`info`), a text, a room and facts each, to *out*."""

    def of(level: str) -> Callable[[str, str, Mapping[str, object]], object]:
        def write(text: str, room: str, facts: Mapping[str, object]) -> None:
            second, more_ns = divmod(time.time_ns(), _NS_PER_S)
            now = f"{_told(second)}.{more_ns // _NS_PER_US:06d}Z"
            out.write(_encode({"room": room, **facts, "event": text, "level": level, "time": now}) + b"\n")
            out.flush()

        return write

    return of


@lru_cache(maxsize=1)  # one line in a thousand begins a second, and to write a time out takes as long as all the rest
def _told(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[: -len("+00:00")]
