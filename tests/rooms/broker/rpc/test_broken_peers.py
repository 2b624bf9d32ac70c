import asyncio
import struct

import pytest
from hyperframe.frame import GoAwayFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.broker.rpc.calling import ask, failure_of
from tests.rooms.broker.rpc.peer import Peer, framed
from tests.rooms.broker.rpc.raw import HELLO, RESPONSE, Bench, RawPeer, block, headers
from tests.rooms.broker.waiting import eventually
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Call, Channel, RpcError, StatusCode
from worker.broker.rpc.http2 import frames as wire
from worker.broker.rpc.http2.frames import frame

NOT_HTTP2 = "the gateway does not speak HTTP/2 at this port, or not as it should"


async def _end_of(call: Call) -> RpcError | None:
    try:
        while await call.read() is not None:
            pass
    except RpcError as error:
        return error
    return None


async def test_a_peer_that_hangs_up_ends_all_calls(peer: Peer, channel: Channel) -> None:
    """Every call that is open when the connection breaks ends as UNAVAILABLE."""
    peer.serve = lambda _: None
    asking = [asyncio.create_task(ask(channel)) for _ in range(5)]
    await eventually(lambda: len(peer.exchanges) == 5)
    peer.hang_up()
    ends = await asyncio.gather(*asking, return_exceptions=True)

    assert [StatusCode.UNAVAILABLE] * 5 == [end.code for end in ends if isinstance(end, RpcError)]


@pytest.mark.parametrize(
    ("cause", "words"),
    [(None, "the connection was closed"), (ConnectionResetError(), "the connection was reset")],
)
async def test_how_the_connection_was_lost_is_told(cause: Exception | None, words: str) -> None:
    """A connection that was closed is told from one that was reset, also to who waits for a stream."""
    bench = Bench()
    bench.hear(frame(wire.SETTINGS, 0, 0, struct.pack(">HI", wire.MAX_CONCURRENT_STREAMS, 1)))
    calls = [bench.call(), bench.call()]
    bench.connection.connection_lost(cause)

    for call in calls:
        with pytest.raises(RpcError, match=words):
            await call.reply()
    assert not bench.connection.is_open


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", id="HTTP/1.1"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="SSH"),
        pytest.param(b"220 mail.example ESMTP\r\n", id="SMTP"),
    ],
)
async def test_another_protocol_is_told(says: bytes) -> None:
    """What does not speak HTTP/2 is called that, not a time-out."""
    async with RawPeer(says) as other:
        channel = Channel(GatewayOptions(address=other.address))
        error = await failure_of(channel)
        await channel.close()

    assert (StatusCode.UNAVAILABLE, NOT_HTTP2, False) == (error.code, error.details, error.is_remote)


_SETTINGS_TOO_WIDE = frame(wire.SETTINGS, 0, 0, struct.pack(">HI", wire.INITIAL_WINDOW_SIZE, 2**31))
_OPEN_BLOCK = frame(wire.HEADERS, 0, 1, block(RESPONSE))
_FAULTS = {
    "a frame that is too large": frame(wire.DATA, 0, 1, bytes(65_537)),
    "only the head of one": frame(wire.DATA, 0, 1, bytes(65_537))[:9],
    "a continuation of nothing": frame(wire.CONTINUATION, wire.END_HEADERS, 1, block(RESPONSE)),
    "a continuation of another stream": _OPEN_BLOCK + frame(wire.CONTINUATION, wire.END_HEADERS, 3, b""),
    "a block left unfinished": _OPEN_BLOCK + frame(wire.PING, 0, 0, bytes(8)),
    "a block left for an unknown frame": _OPEN_BLOCK + frame(0xFF, 0, 1),
    "a push": frame(wire.PUSH_PROMISE, wire.END_HEADERS, 1, b"\0\0\0\2" + block(RESPONSE)),
    "garbage in HPACK": frame(wire.HEADERS, wire.END_HEADERS, 1, b"\xff\xff\xff\xff\xff"),
    "a table that is not there": frame(wire.HEADERS, wire.END_HEADERS, 1, b"\xbe"),
    "an endless block": _OPEN_BLOCK + frame(wire.CONTINUATION, 0, 1, bytes(60_000)) * 2,
    "a swollen block": headers(1, [("x", "0" * 90_000)]),
    "no room for one": wire.window_update(1, 0),
    "no room for all": wire.window_update(0, 0),
    "too much room for one": wire.window_update(1, 2**31 - 1),
    "too much room for all": wire.window_update(0, 2**31 - 1),
    "too much room by settings": _SETTINGS_TOO_WIDE,
    "frames too small": frame(wire.SETTINGS, 0, 0, struct.pack(">HI", wire.MAX_FRAME_SIZE, 16_383)),
    "frames too large": frame(wire.SETTINGS, 0, 0, struct.pack(">HI", wire.MAX_FRAME_SIZE, 2**24)),
    "a short ping": frame(wire.PING, 0, 0, b"1234"),
    "half a setting": frame(wire.SETTINGS, 0, 0, b"\0\0\0"),
    "half a reset": frame(wire.RST_STREAM, 0, 1, b"\0\0\0"),
    "half a goodbye": frame(wire.GOAWAY, 0, 0, b"\0\0\0"),
    "half a window": frame(wire.WINDOW_UPDATE, 0, 1, b"\0\0\0"),
    "more padding than data": frame(wire.DATA, wire.PADDED, 1, b"\x05abcd"),
    "padding without a length": frame(wire.DATA, wire.PADDED, 1, b""),
    "more padding than headers": frame(wire.HEADERS, wire.PADDED | wire.END_HEADERS, 1, b"\xff" + block(RESPONSE)),
}


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS.keys())
async def test_a_fault_ends_the_connection(fault: bytes) -> None:
    """A peer that breaks the rules is told so and left; its calls end as UNAVAILABLE, for that reason."""
    bench = Bench()
    bench.hear(HELLO)
    calls = [bench.call(), bench.call()]
    bench.hear(fault)
    assert all(call.is_over for call in calls)
    ends = [await _end_of(call) for call in calls]

    assert [(StatusCode.UNAVAILABLE, NOT_HTTP2)] * 2 == [(end.code, end.details) for end in ends if end]
    assert bench.wire.is_closed
    assert not bench.connection.is_open
    goodbye = (await bench.said())[-1]
    assert isinstance(goodbye, GoAwayFrame)
    assert (0, wire.PROTOCOL_ERROR) == (goodbye.last_stream_id, goodbye.error_code)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(frame(wire.DATA, wire.PADDED | wire.END_STREAM, 1, b"\x05abcd"), id="padding"),
        pytest.param(headers(1, [("grpc-status", "1" * 5000)], is_last=True), id="a status of too many digits"),
    ],
)
async def test_a_faulty_end_is_an_end(end: bytes) -> None:
    """A fault in the very frame that ends a stream ends its call all the same."""
    bench = Bench()
    bench.hear(HELLO)
    call = bench.call()
    bench.hear(headers(1, RESPONSE), end)

    assert call.is_over


_HARMLESS = {
    "room for a stream that is over": wire.window_update(99, 10),
    "a reset of a stream that is over": wire.reset(99, 8),
    "headers of a stream that is over": headers(99, RESPONSE),
    "data of a stream that is over": frame(wire.DATA, 0, 99, b"x"),
    "a ping that nobody sent": frame(wire.PING, wire.ACK, 0, bytes(8)),
    "a setting that nobody knows": frame(wire.SETTINGS, 0, 0, b"\xff\xff\0\0\0\1"),
    "no settings at all": HELLO,
    "an acknowledgement": frame(wire.SETTINGS, wire.ACK, 0),
    "empty data": frame(wire.DATA, 0, 1),
}


@pytest.mark.parametrize("oddity", _HARMLESS.values(), ids=_HARMLESS.keys())
async def test_oddities_are_passed_over(oddity: bytes) -> None:
    """What is merely late or odd does not disturb the call that is under way."""
    bench = Bench()
    call = bench.call()
    bench.hear(HELLO, headers(1, RESPONSE), oddity)
    bench.hear(frame(wire.DATA, 0, 1, framed(b"ok")), headers(1, [("grpc-status", "0")], is_last=True))

    assert await call.reply() == b"ok"
    assert {"PingFrame", "RstStreamFrame"}.isdisjoint(type(each).__name__ for each in await bench.said())


async def test_headers_may_be_padded_and_ranked() -> None:
    """Padding and a stream's rank are taken off a block that comes in three parts."""
    whole = block(RESPONSE)
    flags = wire.PADDED | wire.PRIORITY
    bench = Bench()
    call = bench.call()
    bench.hear(HELLO, frame(wire.HEADERS, flags, 1, b"\x03" + bytes(5) + whole[:4] + bytes(3)))
    bench.hear(frame(wire.CONTINUATION, 0, 1, whole[4:9]), frame(wire.CONTINUATION, wire.END_HEADERS, 1, whole[9:]))
    bench.hear(frame(wire.DATA, 0, 1, framed(b"ok")), headers(1, [("grpc-status", "0")], is_last=True))

    assert await call.reply() == b"ok"


_any_frame = st.builds(
    frame,
    st.sampled_from([*range(10), 0xFF]),
    st.integers(0, 0xFF),
    st.sampled_from([0, 1, 3, 5, 2**31 - 1]),
    st.one_of(st.binary(max_size=30), st.sampled_from([block(RESPONSE), framed(b"m"), bytes(8)])),
)
_any_bytes = st.one_of(st.binary(max_size=60), st.lists(_any_frame, max_size=10).map(b"".join))


async def _survives(pieces: list[bytes]) -> list[RpcError | None]:
    bench = Bench()
    calls = [bench.call(b"q"), bench.call(bytes(100_000))]
    bench.hear(HELLO)
    bench.answer(3, framed(b"partly"))
    for piece in pieces:
        bench.hear(piece)
    await asyncio.sleep(0)
    bench.connection.connection_lost(None)

    assert all(call.is_over for call in calls)
    return [await _end_of(call) for call in calls]


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(_any_bytes, max_size=4))
def test_nothing_that_comes_in_breaks_us(pieces: list[bytes]) -> None:
    """Whatever bytes a peer sends, calls end or wait on, and all end when the connection is lost."""
    ends = asyncio.run(_survives(pieces))

    assert len(ends) == 2


@settings(max_examples=300, deadline=None)
@given(junk=st.binary(min_size=1, max_size=80))
def test_no_block_of_headers_breaks_us(junk: bytes) -> None:
    """Whatever a block of headers holds, it is read or refused, and nothing worse."""
    assert len(asyncio.run(_survives([frame(wire.HEADERS, wire.END_HEADERS, 1, junk)]))) == 2
