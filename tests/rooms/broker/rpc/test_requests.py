"""What goes out, and how much of it when."""

import asyncio
from collections.abc import Iterator

import pytest
from h2.settings import SettingCodes
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.broker.rpc.calling import ask
from tests.rooms.broker.rpc.peer import Exchange, Peer, framed
from tests.rooms.broker.rpc.raw import HELLO, Bench
from tests.rooms.broker.waiting import eventually
from worker.broker.rpc import Channel, RpcError, StatusCode
from worker.broker.rpc.http2 import frames as wire

MEGABYTE = bytes(range(256)) * 4096


async def _received(exchange: Exchange, size: int) -> None:
    await eventually(lambda: len(exchange.body) == size)


def _settings(**values: int) -> bytes:
    pairs = [SettingCodes[name].to_bytes(2, "big") + value.to_bytes(4, "big") for name, value in values.items()]
    return wire.frame(wire.SETTINGS, 0, 0, b"".join(pairs))


async def test_a_large_request_waits_for_room(peer: Peer, channel: Channel) -> None:
    """A request of 1 MB goes through windows of a thousand bytes, opened bit by bit, and arrives whole."""
    peer.settings = {SettingCodes.INITIAL_WINDOW_SIZE: 1000}

    assert await ask(channel, MEGABYTE) == MEGABYTE


async def test_no_more_is_sent_than_there_is_room(peer: Peer, channel: Channel) -> None:
    """A peer that does not read is sent one window, and after each opening just so much more."""
    peer.settings = {SettingCodes.INITIAL_WINDOW_SIZE: 1000}
    peer.reads = False
    asking = asyncio.create_task(ask(channel, bytes(3000)))
    await eventually(lambda: peer.exchanges and len(peer.exchanges[0].body) == 1000)
    exchange = peer.exchanges[0]
    for so_far in (1001, 1700, 3005):
        exchange.session.h2.increment_flow_control_window(so_far - len(exchange.body), exchange.number)
        exchange.session.flush()
        await _received(exchange, so_far)

    assert await asking == bytes(3000)


async def test_the_connection_has_a_window_too(peer: Peer, channel: Channel) -> None:
    """Several requests share the connection's window, and go on together when it opens."""
    peer.reads = False
    asking = [asyncio.create_task(ask(channel, bytes(40_000))) for _ in range(3)]
    await eventually(lambda: sum(len(exchange.body) for exchange in peer.exchanges) == 65_535)
    peer.sessions[0].h2.increment_flow_control_window(60_000)
    peer.sessions[0].flush()

    assert [bytes(40_000)] * 3 == await asyncio.gather(*asking)


async def test_larger_frames_are_used_when_allowed(peer: Peer, channel: Channel) -> None:
    """A peer that takes larger frames still gets the request whole."""
    peer.settings = {SettingCodes.MAX_FRAME_SIZE: 100_000, SettingCodes.INITIAL_WINDOW_SIZE: 200_000}

    assert await ask(channel, bytes(150_000)) == bytes(150_000)


@pytest.mark.parametrize("then", [pytest.param(None, id="no more"), pytest.param(0, id="then a reset")])
async def test_an_answer_before_the_end_of_the_request(peer: Peer, channel: Channel, then: int | None) -> None:
    """A peer may answer before it has read all: the answer counts, and the rest stays here."""
    peer.settings = {SettingCodes.INITIAL_WINDOW_SIZE: 1000}
    peer.reads = False

    def answer(exchange: Exchange) -> None:
        exchange.answer(b"enough")
        if then is not None:
            exchange.session.transport.write(wire.reset(exchange.number, then))

    peer.meet = answer
    assert await ask(channel, MEGABYTE) == b"enough"
    await eventually(lambda: peer.exchanges[0].reset_code == 8)
    peer.meet = lambda _: None
    assert await ask(channel, b"next") == b"next"
    assert len(peer.exchanges[0].body) <= 1000


async def test_a_cancelled_request_stops(peer: Peer, channel: Channel) -> None:
    """What has not gone out of a cancelled call never does, also when the peer opens the window then."""
    peer.reads = False
    call = await channel.call("/s/M", MEGABYTE, timeout_s=9, authorization=None)
    await eventually(lambda: peer.exchanges and len(peer.exchanges[0].body) == 65_535)
    call.cancel()
    await eventually(lambda: peer.exchanges[0].reset_code == 8)
    peer.sessions[0].h2.increment_flow_control_window(100_000)
    peer.sessions[0].flush()

    assert await ask(channel, b"next") == b"next"
    assert len(peer.exchanges[0].body) == 65_535


async def test_only_few_calls_at_once(peer: Peer, channel: Channel) -> None:
    """Where the peer takes two streams, ten calls take turns and are all answered."""
    peer.settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 2}
    calls = [asyncio.create_task(ask(channel, b"%d" % n)) for n in range(10)]

    assert [b"%d" % n for n in range(10)] == await asyncio.gather(*calls)
    assert peer.sessions[0].most_open == 2


async def test_a_call_that_waits_for_a_stream_can_expire(peer: Peer, channel: Channel) -> None:
    """A call whose time is over before it has a stream is never sent, nor is one that was cancelled."""
    peer.settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    peer.serve = lambda _: None
    first = asyncio.create_task(ask(channel, b"first"))
    await eventually(lambda: peer.exchanges)
    (await channel.call("/s/M", b"cancelled", timeout_s=9, authorization=None)).cancel()
    with pytest.raises(RpcError) as caught:
        await ask(channel, b"expired", timeout_s=0.02)
    last = asyncio.create_task(ask(channel, b"last"))
    peer.exchanges[0].answer(b"1")
    await first
    await eventually(lambda: len(peer.exchanges) == 2)
    peer.exchanges[1].answer(b"2")

    assert caught.value.code is StatusCode.DEADLINE_EXCEEDED
    assert await last == b"2"
    assert [b"first", b"last"] == [exchange.message for exchange in peer.exchanges]


async def test_more_streams_are_used_at_once(peer: Peer, channel: Channel) -> None:
    """When the peer takes more streams than it said at first, those who wait begin."""
    peer.settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    held: list[Exchange] = []
    peer.serve = held.append
    calls = [asyncio.create_task(ask(channel)) for _ in range(3)]
    await eventually(lambda: held)
    peer.sessions[0].h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 3})
    peer.sessions[0].flush()
    await eventually(lambda: len(held) == 3)
    for exchange in held:
        exchange.answer(b"ok")

    assert [b"ok"] * 3 == await asyncio.gather(*calls)


def _openings(steps: list[tuple[str, int]]) -> Iterator[bytes]:
    for what, size in steps:
        match what:
            case "stream":
                yield wire.window_update(1, size)
            case "all":
                yield wire.window_update(0, size)
            case _:
                yield _settings(INITIAL_WINDOW_SIZE=size)


_steps = st.lists(st.tuples(st.sampled_from(["stream", "all", "initial"]), st.integers(1, 90_000)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(request_size=st.integers(0, 200_000), steps=_steps)
def test_windows_are_kept_however_they_open(request_size: int, steps: list[tuple[str, int]]) -> None:
    """After any openings the request has gone out as far as both windows allow, and not a byte further."""

    async def scenario() -> int:
        bench = Bench()
        bench.hear(HELLO)
        bench.call(bytes(request_size))
        for opening in _openings(steps):
            bench.hear(opening)
        return sum(frame.body_len for frame in await bench.said() if type(frame).__name__ == "DataFrame")

    assert _allowed(request_size + len(framed(b"")), steps) == asyncio.run(scenario())


def _allowed(whole: int, steps: list[tuple[str, int]]) -> int:
    of_all, of_stream, initial, sent = 65_535, 65_535, 65_535, 0
    for what, size in [("stream", 0), *steps]:
        if what == "all":
            of_all += size
        elif what == "stream":
            of_stream += size
        else:
            of_stream, initial = of_stream + size - initial, size
        sent = max(sent, min(whole, of_all, of_stream))
    return sent


async def test_settings_are_acknowledged_before_they_are_used() -> None:
    """DATA that only new settings allow comes after their acknowledgement: until then the old ones hold."""
    bench = Bench()
    bench.hear(HELLO, _settings(INITIAL_WINDOW_SIZE=10))
    bench.call(bytes(100))
    bench.hear(_settings(INITIAL_WINDOW_SIZE=1000))
    said = [type(frame).__name__ for frame in await bench.said()]

    assert ["SettingsFrame", "DataFrame"] == said[-2:]


async def test_windows_change_in_the_middle(peer: Peer, channel: Channel) -> None:
    """A window that shrinks below what was used holds the request back until it has grown again."""
    peer.settings = {SettingCodes.INITIAL_WINDOW_SIZE: 1000}
    peer.reads = False
    asking = asyncio.create_task(ask(channel, bytes(3000)))
    await eventually(lambda: peer.exchanges and len(peer.exchanges[0].body) == 1000)
    for size, so_far in ((100, 1000), (1500, 1500), (10, 1500), (5000, 3005)):
        peer.sessions[0].h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: size})
        await peer.sessions[0].heard_out()
        await _received(peer.exchanges[0], so_far)

    assert await asking == bytes(3000)
