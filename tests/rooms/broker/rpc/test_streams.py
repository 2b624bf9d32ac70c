"""What comes in, and how much of it when."""

import asyncio

from h2.settings import SettingCodes
from hyperframe.frame import Frame, WindowUpdateFrame

from tests.rooms.broker.rpc.calling import HEAD, ask, begun
from tests.rooms.broker.rpc.peer import Exchange, Peer, framed
from tests.rooms.broker.rpc.raw import HELLO, RESPONSE, Bench, headers
from tests.rooms.broker.waiting import eventually, quiet
from worker.broker.rpc import Call, Channel
from worker.broker.rpc.http2 import frames as wire

WINDOW = 1024
JOB = b"j" * 500


async def _stream(peer: Peer, channel: Channel, *messages: bytes, window: int = WINDOW) -> tuple[Call, Exchange]:
    """A stream that has begun, on which the peer has sent *messages* as far as it could."""

    def start(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send(*messages)

    peer.serve = start
    call = await begun(channel, window=window)
    await eventually(lambda: peer.exchanges and peer.exchanges[-1].is_whole)
    return call, peer.exchanges[-1]


async def _round_trip(peer: Peer, channel: Channel) -> None:
    peer.serve = lambda exchange: exchange.answer(b"pong")
    assert await ask(channel) == b"pong"


def _sent(exchange: Exchange, *messages: bytes) -> int:
    return _size(*messages) - len(exchange.unsent)


def _size(*messages: bytes) -> int:
    return sum(len(framed(message)) for message in messages)


def _rooms(said: list[Frame]) -> list[int]:
    return [frame.window_increment for frame in said if isinstance(frame, WindowUpdateFrame)]


async def test_what_nobody_reads_stays_with_the_peer(peer: Peer, channel: Channel) -> None:
    """A stream without a reader is given 1,024 bytes and not one more, however long it waits."""
    assert wire.STREAM_WINDOW == WINDOW
    _, exchange = await _stream(peer, channel, *[JOB] * 10)
    await _round_trip(peer, channel)
    await _round_trip(peer, channel)

    assert _sent(exchange, *[JOB] * 10) == WINDOW


async def test_a_reader_gets_all_one_by_one(peer: Peer, channel: Channel) -> None:
    """Whoever reads gets every message in turn, and what it has not asked for stays with the peer."""
    jobs = [b"%d" % n * 400 for n in range(10)]
    call, exchange = await _stream(peer, channel, *jobs)
    read: list[bytes] = []
    for _ in jobs:
        read.append(await call.read() or b"")
        await _round_trip(peer, channel)
        assert _sent(exchange, *jobs) <= _size(*read[:-1]) + _size(jobs[0]) + 2 * WINDOW
    exchange.end()

    assert jobs == read
    assert await call.read() is None


async def test_large_messages_come_through(peer: Peer, channel: Channel) -> None:
    """A message of 1 MB is let in whole once there is a reader, whatever the window, with small ones around it."""
    messages = [b"small", bytes(2**20), b"", bytes(2**20), b"last"]
    call, exchange = await _stream(peer, channel, *messages)
    exchange.end()

    assert [*messages, None] == [await call.read() for _ in range(6)]


async def test_room_for_a_message_is_for_that_one_alone(peer: Peer, channel: Channel) -> None:
    """The room that a large message was given does not stay open for those behind it."""
    messages = [bytes(50_000), *[JOB] * 20]
    call, exchange = await _stream(peer, channel, *messages)
    assert await call.read() == bytes(50_000)
    await _round_trip(peer, channel)

    assert _sent(exchange, *messages) <= 50_005 + WINDOW


async def test_a_wide_window_lets_a_batch_in(peer: Peer, channel: Channel) -> None:
    """A call that was made with a wide window has it from when somebody waits, for as many messages as fit."""
    call, exchange = await _stream(peer, channel, window=2**20)
    reading = asyncio.create_task(call.read())
    await _round_trip(peer, channel)
    exchange.send(*[JOB] * 100)
    exchange.end()

    assert len(exchange.unsent) == 0
    assert await reading == JOB
    assert [JOB] * 99 == [await call.read() for _ in range(99)]


async def test_a_reader_that_waits_is_there_at_once(peer: Peer, channel: Channel) -> None:
    """A job that comes while somebody waits for it is read as it comes."""
    call, exchange = await _stream(peer, channel)
    for n in range(5):
        reading = asyncio.create_task(call.read())
        await asyncio.sleep(0)
        exchange.send(b"%d" % n * 2000)
        assert await reading == b"%d" % n * 2000


async def test_one_full_stream_holds_nothing_up(peer: Peer, channel: Channel) -> None:
    """Beside streams that nobody reads, calls with large requests and answers go on."""
    streams = [await _stream(peer, channel, *[JOB] * 100) for _ in range(20)]
    peer.serve = lambda exchange: exchange.answer(exchange.message)

    assert [bytes(100_000)] * 20 == await asyncio.gather(*(ask(channel, bytes(100_000)) for _ in range(20)))
    assert [WINDOW] * 20 == [_sent(exchange, *[JOB] * 100) for _, exchange in streams]


async def test_room_is_made_for_a_call_that_had_to_wait(peer: Peer, channel: Channel) -> None:
    """A reader that was there before its call had a stream gets a large answer all the same."""
    peer.settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    peer.serve = lambda _: None
    first = asyncio.create_task(ask(channel))
    await eventually(lambda: peer.exchanges)
    second = asyncio.create_task(ask(channel))
    call = await begun(channel, window=100_000)
    third = asyncio.create_task(call.read())
    await asyncio.sleep(0)
    peer.serve = lambda exchange: exchange.answer(bytes(90_000))
    peer.exchanges[0].answer(b"1")

    assert [b"1", bytes(90_000), bytes(90_000)] == [await first, await second, await third]


async def test_a_stream_that_was_left_takes_no_more(peer: Peer, channel: Channel) -> None:
    """After a stream was cancelled the peer hears so, and what was still under way harms nobody."""
    call, exchange = await _stream(peer, channel, *[JOB] * 10)
    call.cancel()
    await eventually(lambda: exchange.reset_code == 8)

    await _round_trip(peer, channel)


async def test_padding_counts_as_used_room() -> None:
    """Room is counted with the padding, so that a peer that pads is not left without any."""
    bench = Bench()
    call = bench.call()
    reading = asyncio.create_task(call.read())
    await asyncio.sleep(0)
    padded = wire.frame(wire.DATA, wire.PADDED, 1, b"\xfa" + framed(b"x" * 900)[:50] + bytes(250))
    bench.hear(HELLO, headers(1, RESPONSE), padded)
    (room,) = _rooms(await bench.said())
    bench.hear(wire.frame(wire.DATA, 0, 1, framed(b"x" * 900)[50:]))

    assert await reading == b"x" * 900
    assert room == 301


async def test_the_connections_own_room_is_filled_up() -> None:
    """After a gigabyte in all the connection's window is opened again, once, by just what came."""
    bench = Bench()
    bench.hear(HELLO)
    part = wire.frame(wire.DATA, 0, 1, bytes(2**16))
    for _ in range(65):
        bench.hear(part * 256)
    said = await bench.said()

    assert ([2**30], [0]) == (_rooms(said), [frame.stream_id for frame in said[1:]])


async def test_a_reader_opens_its_whole_window() -> None:
    """While somebody waits the window is open, also in the middle of a small message."""
    bench = Bench()
    call = bench.connection.open(HEAD, b"", timeout_s=60, window=100_000)
    bench.hear(HELLO, headers(1, RESPONSE), wire.frame(wire.DATA, 0, 1, framed(b"x" * 100)[:50]))
    reading = asyncio.create_task(call.read())
    await quiet()
    rooms = _rooms(await bench.said())
    bench.hear(wire.frame(wire.DATA, 0, 1, framed(b"x" * 100)[50:]))

    assert await reading == b"x" * 100
    assert [100_000 - (WINDOW - 50)] == rooms


async def test_a_peer_that_ignores_windows_is_refused() -> None:
    """Who sends more than the window into a stream that nobody reads is stopped."""
    bench = Bench()
    call = bench.call()
    bench.hear(HELLO, headers(1, RESPONSE), wire.frame(wire.DATA, 0, 1, bytes(WINDOW)))
    before = call.is_over
    bench.hear(wire.frame(wire.DATA, 0, 1, b"x"))

    assert (False, True) == (before, call.is_over)
    assert "RstStreamFrame" == type((await bench.said())[-1]).__name__


async def test_room_for_a_large_message_is_made_at_once() -> None:
    """As soon as a message's length is known there is room for all of it, not bit by bit."""
    bench = Bench()
    reading = asyncio.create_task(bench.call().read())
    await quiet()
    bench.hear(HELLO, headers(1, RESPONSE), wire.frame(wire.DATA, 0, 1, framed(bytes(2**20))[:5]))

    assert [2**20 - (WINDOW - 5)] == _rooms(await bench.said())
    reading.cancel()
    await quiet()


async def test_a_window_is_opened_as_its_call_begins() -> None:
    """Who reads before the call has a stream gets the whole window with the stream, and not before."""
    one_stream = wire.frame(wire.SETTINGS, 0, 0, b"\0\3\0\0\0\1")
    bench = Bench()
    bench.hear(one_stream)
    bench.call()
    waiting = bench.connection.open(HEAD, b"", timeout_s=60, window=100_000)
    reading = asyncio.create_task(waiting.read())
    await quiet()
    before = _rooms(await bench.said())
    bench.answer(1, framed(b"1"))

    assert ([], [100_000 - WINDOW]) == (before, _rooms(await bench.said()))
    reading.cancel()
    await quiet()
