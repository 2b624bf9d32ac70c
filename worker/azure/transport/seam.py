"""What every transport promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.errors import InvalidResponse
from worker.wire import Reply

__all__ = ["Timeouts", "Transport", "header_pairs", "header_text", "too_large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """
    *connect_s* until a connection stands, TLS included; *read_s* of silence between two bytes, None for any length.

    The total time is the caller's: it cancels.
    """

    connect_s: float
    read_s: float | None = None


class Transport(Protocol):
    """
    Carries one request and brings its answer, whatever the status.

    The body comes back decoded (gzip, deflate); redirects are not followed, cookies not kept. Raises Unreachable,
    TimedOut or InvalidResponse, with texts free of headers, queries and bodies. A cancelled call leaves nothing behind.
    A request that may have reached the service is never sent a second time unless its method is idempotent.
    """

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply: ...

    async def close(self) -> None: ...


def header_text(raw: bytes) -> str:
    """Decode a header's name or value. What is not UTF-8 is replaced: half a character could not go into JSON later."""
    return raw.decode("utf-8", "replace")


def header_pairs(raw: Sequence[bytes]) -> tuple[tuple[str, str], ...]:
    """Decode headers, given as name, value, name, value and so on. All at once: there are ten to twenty of them."""
    texts = header_text(b"\n".join(raw)).split("\n")
    if len(texts) != len(raw):  # no headers, or a line break within one
        texts = [header_text(part) for part in raw]
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def too_large(limit_bytes: int) -> InvalidResponse:
    """Say that the answer does not fit; nobody has read the rest of it."""
    return InvalidResponse(f"the answer is larger than the {limit_bytes:,} bytes that the worker takes; ask for less")
