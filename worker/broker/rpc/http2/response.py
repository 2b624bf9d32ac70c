"""The headers and trailers of responses, judged once for all that are alike: nearly all are."""

from functools import lru_cache
from typing import Final

from worker.broker.rpc.http2.heads import headers_in
from worker.broker.rpc.status import RpcError, of_response, of_trailers

__all__ = ["Response", "response_in"]

_REMEMBERED_AT_MOST: Final = 512  # bytes of a block


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
