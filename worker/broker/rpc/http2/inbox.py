"""What comes in: bytes are taken apart into frames, and the parts of a block of headers put together (RFC 9113, 4)."""

from collections.abc import Callable, Mapping
from typing import Final

from worker.broker.rpc.http2 import frames
from worker.broker.rpc.http2.frames import END_HEADERS, HEADER, HEADER_BYTES, LARGEST_NUMBER, TAKEN_FRAME_SIZE
from worker.broker.rpc.http2.response import UsualReply

__all__ = ["Inbox", "Taker"]

_HEADERS_AT_MOST: Final = 64 * 1024  # bytes of a block
_TOO_LARGE: Final = TAKEN_FRAME_SIZE + 1 << 8  # as a frame begins, whatever its kind
_SHAPES: Final = END_HEADERS | frames.PADDED | frames.PRIORITY
_PRIORITY_BYTES: Final = 5  # of a stream's rank, which nobody uses any more

_header_at: Final = HEADER.unpack_from

Taker = Callable[[int, int, bytes], object]
"""Is given a frame's flags, stream and payload."""


class Inbox:
    """
    Hands each frame to the taker of its kind in *takers*, padding taken off, HEADERS as whole blocks.

    *take_reply* is given the stream and the message of a UsualReply that came in one piece.
    """

    def __init__(self, takers: Mapping[int, Taker], take_reply: Callable[[int, bytes], object]) -> None:
        self._takers = {
            **takers,
            frames.HEADERS: self._take_headers,
            frames.CONTINUATION: self._take_continuation,
            frames.PUSH_PROMISE: _refuse_push,
        }
        self._take_block = takers[frames.HEADERS]
        self._take_reply = take_reply
        self._usual = UsualReply()
        self._rest = b""  # of a frame that is still coming
        self._block: tuple[int, int, bytes] | None = None  # the flags, stream and beginning of one still coming

    def take(self, data: bytes) -> None:
        """*data* has come. Raises ValueError and struct.error where it is not HTTP/2, and what takers raise."""
        if self._rest:
            data = self._rest + data
        at, end, most = 0, len(data), len(data) - HEADER_BYTES
        while at <= most:
            size_and_kind, flags, number = _header_at(data, at)
            if size_and_kind >= _TOO_LARGE:
                raise ValueError("a frame larger than allowed")
            begins = at + HEADER_BYTES
            ends = begins + (size_and_kind >> 8)
            if ends > end:
                break
            kind = size_and_kind & 0xFF
            if self._block is not None and kind != frames.CONTINUATION:
                raise ValueError("a block of headers was left unfinished")
            is_opening = kind == frames.HEADERS and flags == END_HEADERS and ends < end  # and more has come
            if is_opening and (replied := self._usual.end_in(data, at)):
                at = replied
                self._take_reply(number & LARGEST_NUMBER, self._usual.message)
                continue
            at = ends
            taker = self._takers.get(kind)
            if taker is not None:  # what is unknown is to be ignored
                taker(flags, number & LARGEST_NUMBER, data[begins:ends])
        self._rest = data[at:]

    def _take_headers(self, flags: int, number: int, payload: bytes) -> None:
        if flags & _SHAPES == END_HEADERS:  # nearly always: the whole block, and nothing else
            self._take_block(flags, number, payload)
            return
        block = frames.unpadded(flags, payload)
        if flags & frames.PRIORITY:
            block = block[_PRIORITY_BYTES:]
        self._take_part(flags, flags, number, block)

    def _take_continuation(self, flags: int, number: int, payload: bytes) -> None:
        if self._block is None or self._block[1] != number:
            raise ValueError("a continuation of nothing")
        opening_flags, _, begun = self._block
        self._take_part(flags, opening_flags, number, begun + payload)

    def _take_part(self, flags: int, opening_flags: int, number: int, block: bytes) -> None:
        if len(block) > _HEADERS_AT_MOST:
            raise ValueError("more headers than anybody needs")
        if flags & frames.END_HEADERS:
            self._block = None
            self._take_block(opening_flags, number, block)
        else:
            self._block = opening_flags, number, block


def _refuse_push(_flags: int, _number: int, _payload: bytes) -> None:
    raise ValueError("a push, which our settings forbid")
