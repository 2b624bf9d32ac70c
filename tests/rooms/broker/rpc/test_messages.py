import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.broker.rpc.calling import failure_of
from tests.rooms.broker.rpc.peer import Exchange, Peer, framed
from tests.rooms.broker.rpc.raw import HELLO, OK, RESPONSE, Bench, frames_in, headers
from tests.rooms.broker.waiting import eventually
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Call, Channel, RpcError, StatusCode
from worker.broker.rpc.http2 import frames as wire


async def _all_of(call: Call) -> list[bytes]:
    read = []
    while (message := await call.read()) is not None:
        read.append(message)
    return read


def _response(messages: list[bytes]) -> bytes:
    data = wire.frame(wire.DATA, 0, 1, b"".join(map(framed, messages)))
    return headers(1, RESPONSE) + data + headers(1, OK, is_last=True)


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges)]


_messages = st.lists(st.binary(max_size=40), max_size=6)
_places = st.lists(st.integers(0, 10_000), max_size=12)


@settings(max_examples=60, deadline=None)
@given(messages=_messages, places=_places)
def test_messages_are_put_together_from_frames(messages: list[bytes], places: list[int]) -> None:
    """Wherever frames begin and end, with however many messages in one, each message is read as it was sent."""
    parts = _cut(b"".join(map(framed, messages)), places)

    async def scenario() -> list[bytes]:
        bench = Bench()
        call = bench.call()
        bench.answer(1, *parts)
        return await _all_of(call)

    assert messages == asyncio.run(scenario())


@settings(max_examples=60, deadline=None)
@given(messages=_messages, places=_places)
def test_frames_are_put_together_from_bytes(messages: list[bytes], places: list[int]) -> None:
    """However the network cuts the bytes, a reader who reads as they come misses nothing."""

    async def scenario() -> list[bytes]:
        bench = Bench()
        reading = asyncio.create_task(_all_of(bench.call()))
        for part in _cut(HELLO + _response(messages), places):
            bench.hear(part)
            await asyncio.sleep(0)
        return await reading

    assert messages == asyncio.run(scenario())


async def test_byte_by_byte() -> None:
    """Even single bytes add up to a response."""
    bench = Bench()
    call = bench.call()
    for byte in HELLO + _response([b"abc"]):
        bench.hear(bytes((byte,)))

    assert await call.reply() == b"abc"


async def _failed_by(peer: Peer, channel: Channel, part: bytes) -> RpcError:
    def answer(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send_bytes(part)
        exchange.end()

    peer.serve = answer
    return await failure_of(channel)


async def test_compression_is_not_accepted(peer: Peer, channel: Channel) -> None:
    """A message that is marked as compressed ends the call: nobody asked for that."""
    error = await _failed_by(peer, channel, b"\1\0\0\0\1x")

    assert error.code is StatusCode.INTERNAL
    assert "compressed" in error.details


@pytest.mark.parametrize("rest", [b"\0", b"\0\0\0\0", b"\0\0\0\0\2x", framed(b"whole") + b"\0"])
async def test_an_end_within_a_message_is_told(peer: Peer, channel: Channel, rest: bytes) -> None:
    """A good status does not make half a message good."""
    error = await _failed_by(peer, channel, rest)

    assert (StatusCode.INTERNAL, "the call ended within a message") == (error.code, error.details)


async def test_a_message_over_the_limit_is_refused(peer: Peer) -> None:
    """A message that is too large is refused by its length alone, in the words that gRPC has for it."""
    peer.serve = lambda exchange: exchange.answer(bytes(1001))
    channel = Channel(GatewayOptions(address=peer.address, max_message_bytes=1000))
    error = await failure_of(channel)
    peer.serve = lambda exchange: exchange.answer(bytes(1000))

    assert error.code is StatusCode.RESOURCE_EXHAUSTED
    assert "received message larger than max (1001 vs. 1000)" in error.details
    assert await (await channel.call("/s/M", b"", timeout_s=9, authorization=None)).reply() == bytes(1000)
    await eventually(lambda: len(peer.exchanges) == 2)
    await channel.close()


async def test_an_end_without_a_status_is_told(peer: Peer, channel: Channel) -> None:
    """A stream that ends with its data is UNKNOWN, though a message came."""

    def end(exchange: Exchange) -> None:
        exchange.begin()
        exchange.session.h2.send_data(exchange.number, framed(b"m"), end_stream=True)

    peer.serve = end
    error = await failure_of(channel)

    assert error.code is StatusCode.UNKNOWN
    assert "without a status" in error.details


async def test_what_came_before_a_bad_end_can_be_read(peer: Peer, channel: Channel) -> None:
    """Messages that have come are handed out before the error is."""

    def fail(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send(b"a", b"b")
        exchange.end("14", grpc_message="gone")

    peer.serve = fail
    call = await channel.call("/s/M", b"", timeout_s=9, authorization=None)

    assert [b"a", b"b"] == [await call.read(), await call.read()]
    for _ in range(2):
        with pytest.raises(RpcError, match="gone"):
            await call.read()


async def test_a_page_is_told_and_left(peer: Peer, channel: Channel) -> None:
    """What answers in HTML is not listened to any longer."""

    def show(exchange: Exchange) -> None:
        exchange.begin(((":status", "503"), ("content-type", "text/html")))

    peer.serve = show
    error = await failure_of(channel)

    assert (StatusCode.UNAVAILABLE, True) == (error.code, error.is_remote)
    assert "503" in error.details
    await eventually(lambda: peer.exchanges[0].reset_code == 8)


async def test_a_message_before_the_headers_is_refused() -> None:
    """DATA without a response before it ends the call."""
    bench = Bench()
    call = bench.call()
    bench.hear(HELLO, wire.frame(wire.DATA, 0, 1, framed(b"m")))

    with pytest.raises(RpcError, match="before the response's headers"):
        await call.reply()
    assert b"\0\0\0\x08" == (await bench.said())[-1].serialize()[9:]


async def test_a_call_says_no_more_than_it_must() -> None:
    """A small request is two frames, and its answer needs none."""
    bench = Bench()
    call = bench.call(b"q")
    asked = await bench.said()
    bench.answer(1, framed(b"a"))

    assert await call.reply() == b"a"
    assert [("HeadersFrame", {"END_HEADERS"}), ("DataFrame", {"END_STREAM"})] == [
        (type(frame).__name__, set(frame.flags)) for frame in asked
    ]
    assert len(asked) == len(await bench.said())


async def test_the_opening_is_one_that_h2_would_send() -> None:
    """The preface, settings without push and table, and all the room there is for the connection."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    told, room = frames_in(wire.OPENING[len(preface) :])

    assert wire.OPENING.startswith(preface)
    assert {1: 0, 2: 0, 4: 1024, 5: 65_536} == vars(told)["settings"]
    assert (0, 2**31 - 1 - 65_535) == (room.stream_id, vars(room)["window_increment"])


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(headers(1, [(":status", "503")], is_last=True), id="a page without a body"),
        pytest.param(
            headers(1, RESPONSE) + wire.frame(wire.DATA, wire.END_STREAM, 1, b"\1\0\0\0\0"), id="a compressed message"
        ),
    ],
)
async def test_a_stream_that_is_over_is_not_reset(end: bytes) -> None:
    """Both sides have ended the stream: there is nothing to reset (RFC 9113, 5.1)."""
    bench = Bench()
    call = bench.call()
    bench.hear(HELLO, end)
    with pytest.raises(RpcError):
        await call.reply()

    assert "RstStreamFrame" not in {type(frame).__name__ for frame in await bench.said()}
