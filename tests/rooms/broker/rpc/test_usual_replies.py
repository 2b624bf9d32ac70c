"""Replies that are recognised in one go come to the same as frame by frame."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.broker.rpc.peer import framed
from tests.rooms.broker.rpc.raw import OK, RESPONSE, Bench, headers
from worker.broker.rpc import RpcError
from worker.broker.rpc.http2 import frames as wire

_Parts = tuple[Sequence[tuple[str, str]], bytes, Sequence[tuple[str, str]]]

_GONE = (("grpc-status", "5"), ("grpc-message", "gone"))
_COMPRESSED = b"\1" + framed(b"abc")[1:]
_PARTS = st.sampled_from(
    [
        (RESPONSE, framed(b""), OK),
        (RESPONSE, framed(b"abc"), OK),
        (RESPONSE, framed(b"x" * 600), OK),
        (RESPONSE, framed(b"") * 2, OK),
        (RESPONSE, framed(b"abc")[:-1], OK),
        (RESPONSE, _COMPRESSED, OK),
        (RESPONSE, b"", OK),
        (RESPONSE, framed(b""), _GONE),
        (((":status", "503"),), framed(b""), OK),
        (((":status", "200"), ("content-type", "text/html")), framed(b""), OK),
    ]
)


def _reply(number: int, parts: _Parts) -> bytes:
    opening, data, trailers = parts
    return headers(number, opening) + wire.frame(wire.DATA, 0, number, data) + headers(number, trailers, is_last=True)


async def _heard(replies: Sequence[bytes], edges: Sequence[int], *, left: bool) -> list[object]:
    """What calls 1, 3, 5 … come to when *replies* come in pieces that end at *edges*; the second call is *left*."""
    bench = Bench()
    waiting = [asyncio.create_task(bench.call().reply()) for _ in replies]
    await asyncio.sleep(0)
    if left and len(waiting) > 1:
        waiting[1].cancel()
        await asyncio.sleep(0)
    for begins, ends in pairwise(edges):
        bench.hear(b"".join(replies)[begins:ends])
    results = await asyncio.gather(*waiting, return_exceptions=True)
    return [str(result) if isinstance(result, RpcError) else result for result in results]


@settings(max_examples=150, deadline=None)
@given(kinds=st.lists(_PARTS, min_size=1, max_size=8), places=st.lists(st.integers(0, 10_000), max_size=4))
def test_the_same_in_one_go_as_byte_by_byte(kinds: list[_Parts], places: list[int]) -> None:
    """However replies are cut, and whatever came before, each call comes to what its own frames say."""
    replies = [_reply(2 * index + 1, parts) for index, parts in enumerate(kinds)]
    size = sum(map(len, replies))
    edges = [0, *sorted(place % (size + 1) for place in places), size]
    for left in (False, True):
        byte_by_byte = asyncio.run(_heard(replies, range(size + 1), left=left))
        assert list(map(repr, asyncio.run(_heard(replies, edges, left=left)))) == list(map(repr, byte_by_byte))
