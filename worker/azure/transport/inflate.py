"""Reads a body to its end or its limit: a few kilobytes of gzip can stand for gigabytes, and a cut one looks whole."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from worker.azure.transport.seam import too_large
from worker.errors import InvalidResponse

__all__ = ["inflate"]

_PLAIN: Final = frozenset({"", "identity"})
_CODED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_HEADER: Final = 32 + zlib.MAX_WBITS  # zlib looks itself whether it is gzip or zlib


async def inflate(chunks: AsyncIterable[bytes], *, coding: str, limit_bytes: int) -> bytes:
    """
    Decode and join *chunks*.

    InvalidResponse where either form of it is larger than *limit_bytes*, and where it is broken or its *coding* (the
    header Content-Encoding) none that was asked for.
    """
    coding = coding.strip().lower()
    if coding in _PLAIN:
        return await _joined(chunks, limit_bytes)
    if coding not in _CODED:
        raise InvalidResponse("the answer is compressed in a way that was not asked for; check what stands in between")
    return await _decoded(chunks, limit_bytes)


async def _joined(chunks: AsyncIterable[bytes], limit_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            raise too_large(limit_bytes)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _decoded(chunks: AsyncIterable[bytes], limit_bytes: int) -> bytes:
    whole = bytearray()
    size = 0
    decoder = zlib.decompressobj(_ANY_HEADER)
    async for chunk in chunks:
        size += len(chunk)
        rest = chunk
        while rest:
            if decoder.eof:  # gzip members may follow each other (RFC 1952 2.2)
                decoder = zlib.decompressobj(_ANY_HEADER)
            whole += _step(decoder, rest, limit_bytes - len(whole) + 1)
            if max(size, len(whole)) > limit_bytes:
                raise too_large(limit_bytes)
            rest = decoder.unused_data
    if size and not decoder.eof:
        raise _broken()
    return bytes(whole)


def _step(decoder: "zlib._Decompress", chunk: bytes, room_bytes: int) -> bytes:
    try:
        return decoder.decompress(chunk, room_bytes)
    except zlib.error:
        raise _broken() from None  # zlib's words are about its own state


def _broken() -> InvalidResponse:
    return InvalidResponse("the answer was cut off or cannot be decompressed")
