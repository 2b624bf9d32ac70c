"""What responses say, judged once for all that are alike: nearly all are."""

from functools import lru_cache
from typing import Final

from worker.broker.rpc.http2.frames import DATA, END_HEADERS, END_STREAM, HEADER_BYTES, HEADERS, NUMBER_AT
from worker.broker.rpc.http2.heads import headers_in
from worker.broker.rpc.status import RpcError, of_response, of_trailers

__all__ = ["Response", "UsualReply", "response_in"]

_REMEMBERED_AT_MOST: Final = 512  # bytes of a block, or of a whole reply
_USUAL: Final = (bytes([HEADERS, END_HEADERS]), bytes([DATA, 0]), bytes([HEADERS, END_HEADERS | END_STREAM]))


class Response:
    """
    What one block of headers says.

    `is_interim` when it is no answer yet; `begins_well` as the first block of a call's response, and `ends_well` as its
    last.
    """

    __slots__ = ("_fields", "begins_well", "ends_well", "is_interim")

    def __init__(self, block: bytes) -> None:
        self._fields = fields = headers_in(block)
        self.is_interim = fields.get(":status", "").startswith("1")
        self.begins_well = of_response(fields) is None
        self.ends_well = of_trailers(fields) is None

    def beginning(self) -> RpcError | None:
        """What is wrong with it as the first block."""
        return of_response(self._fields)

    def end(self) -> RpcError | None:
        """What the last block tells of."""
        return of_trailers(self._fields)


def response_in(block: bytes) -> Response:
    """What *block* says. hpack.HPACKError when it cannot be read."""
    return _remembered(block) if len(block) <= _REMEMBERED_AT_MOST else Response(block)


_remembered: Final = lru_cache(maxsize=256)(Response)


class UsualReply:
    """
    What nearly every command is answered with: headers, one short message, and trailers that say that all is well.

    Recognised in one go by its bytes: where two mean the same only the stream's number differs, since no block of
    headers refers to another (see OPENING). *message* is what the last one carried.
    """

    __slots__ = ("_around", "message")

    def __init__(self) -> None:
        self._around: tuple[bytes, ...] = ()  # what stands before, between and behind the stream's number
        self.message = b""

    def end_in(self, data: bytes, at: int) -> int:
        """Where the one that begins at *at* of *data* ends; 0 where it is another response, or not all there."""
        usual = data[at + NUMBER_AT : at + HEADER_BYTES].join(self._around)
        return at + len(usual) if usual and data.startswith(usual, at) else self._learnt(data, at)

    def _learnt(self, data: bytes, begins: int) -> int:
        at, number = begins, data[begins + NUMBER_AT : begins + HEADER_BYTES]
        parts, payloads = [b""], []
        for wanted in _USUAL:
            head, ends = data[at : at + HEADER_BYTES], at + HEADER_BYTES + int.from_bytes(data[at : at + 3])
            if head[3:] != wanted + number or ends > min(len(data), begins + _REMEMBERED_AT_MOST):
                return 0
            payloads.append(data[at + HEADER_BYTES : ends])
            parts[-1] += head[:NUMBER_AT]
            parts.append(payloads[-1])
            at = ends
        opening, message, trailers = payloads
        if not (response_in(opening).begins_well and response_in(trailers).ends_well):
            return 0
        self._around, self.message = tuple(parts), message
        return at
