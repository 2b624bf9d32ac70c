"""Frames of HTTP/2 (RFC 9113, 4 and 6), as far as a client of gRPC sends or understands them."""

import struct
from collections.abc import Iterator
from typing import Final

__all__ = [
    "ACK",
    "CANCEL",
    "CONTINUATION",
    "DATA",
    "END_HEADERS",
    "END_STREAM",
    "FRAME_SIZE_AT_FIRST",
    "GOAWAY",
    "GOAWAY_HEAD_BYTES",
    "HEADER",
    "HEADERS",
    "HEADER_BYTES",
    "INITIAL_WINDOW_SIZE",
    "KEEPALIVE",
    "LARGEST_NUMBER",
    "MAX_CONCURRENT_STREAMS",
    "MAX_FRAME_SIZE",
    "NUMBER_AT",
    "OPENING",
    "PADDED",
    "PING",
    "PING_BYTES",
    "PRIORITY",
    "PROTOCOL_ERROR",
    "PUSH_PROMISE",
    "RST_STREAM",
    "SETTINGS",
    "STREAM_WINDOW",
    "TAKEN_FRAME_SIZE",
    "WINDOW_AT_FIRST",
    "WINDOW_UPDATE",
    "frame",
    "frame_head",
    "number_in",
    "opened",
    "reset",
    "settings_in",
    "unpadded",
    "window_update",
]

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 1, 2, 3, 4, 5
PROTOCOL_ERROR, CANCEL = 0x1, 0x8

HEADER_BYTES: Final = 9
NUMBER_AT: Final = 5  # of those bytes the stream's number begins
PING_BYTES: Final = 8
GOAWAY_HEAD_BYTES: Final = 8  # the last stream and an error code; text may follow
FRAME_SIZE_AT_FIRST: Final = 16_384
WINDOW_AT_FIRST: Final = 65_535
LARGEST_NUMBER: Final = 2**31 - 1  # of a stream, and of bytes in a window

TAKEN_FRAME_SIZE: Final = 65_536
# The broker hands a job to a stream as soon as the transport takes it, and from then on it is leased. So a stream that
# nobody reads is given room for one small job; more room comes with the reader.
STREAM_WINDOW: Final = 1024


HEADER: Final = struct.Struct(">IBI")
"""The beginning of a frame: its payload's bytes (24 bits) and kind (8), flags, and stream (31 bits)."""


def frame_head(kind: int, flags: int, number: int, size_bytes: int) -> bytes:
    """The beginning of a frame on the stream *number* whose payload follows by itself."""
    return HEADER.pack(size_bytes << 8 | kind, flags, number)


def frame(kind: int, flags: int, number: int, payload: bytes = b"") -> bytes:
    """One whole frame on the stream *number*."""
    return frame_head(kind, flags, number, len(payload)) + payload


def window_update(number: int, by_bytes: int) -> bytes:
    """The frame that lets the peer send *by_bytes* more on the stream *number*, 0 for the connection."""
    return struct.pack(">IBII", 4 << 8 | WINDOW_UPDATE, 0, number, by_bytes)


def reset(number: int, error_code: int) -> bytes:
    """The frame that ends the stream *number* at once."""
    return struct.pack(">IBII", 4 << 8 | RST_STREAM, 0, number, error_code)


def opened(number: int, block: bytes) -> bytes:
    """The frames that open the stream *number* with a *block* of headers; each is as large as every peer takes it."""
    size = FRAME_SIZE_AT_FIRST
    if len(block) <= size:
        return frame(HEADERS, END_HEADERS, number, block)
    first, *between, last = [block[at : at + size] for at in range(0, len(block), size)]
    return b"".join(
        [
            frame(HEADERS, 0, number, first),
            *(frame(CONTINUATION, 0, number, part) for part in between),
            frame(CONTINUATION, END_HEADERS, number, last),
        ]
    )


def number_in(payload: bytes) -> int:
    """The 31 bits that *payload* begins with; struct.error when they are not there."""
    found: int = _number.unpack_from(payload)[0]
    return found & LARGEST_NUMBER


def settings_in(payload: bytes) -> Iterator[tuple[int, int]]:
    """Identifiers with their values; struct.error when *payload* is not a row of them."""
    return struct.iter_unpack(">HI", payload)


def unpadded(flags: int, payload: bytes) -> bytes:
    """What a DATA or HEADERS frame carries, without padding. ValueError when there is more padding than frame."""
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise ValueError("more padding than frame")
    return payload[1 : len(payload) - payload[0]]


_number: Final = struct.Struct(">I")

# No table: each block of headers then says all by itself, so equal blocks mean the same and are decoded once.
_SETTINGS_OF_OURS: Final = struct.pack(
    ">HIHIHIHI",
    HEADER_TABLE_SIZE, 0, ENABLE_PUSH, 0, INITIAL_WINDOW_SIZE, STREAM_WINDOW, MAX_FRAME_SIZE, TAKEN_FRAME_SIZE,
)  # fmt: skip
KEEPALIVE: Final = frame(PING, 0, 0, bytes(PING_BYTES))
OPENING: Final = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    + frame(SETTINGS, 0, 0, _SETTINGS_OF_OURS)
    + window_update(0, LARGEST_NUMBER - WINDOW_AT_FIRST)  # streams hold back each for itself
)
"""What a client says first."""
