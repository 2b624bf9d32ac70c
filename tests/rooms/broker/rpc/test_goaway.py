import asyncio

import pytest
from h2.settings import SettingCodes
from hyperframe.frame import GoAwayFrame

from tests.rooms.broker.rpc.calling import HEAD, ask, begun, connected, failure_of
from tests.rooms.broker.rpc.peer import Exchange, Peer, Session
from tests.rooms.broker.rpc.raw import HELLO, Bench
from tests.rooms.broker.waiting import eventually
from worker.broker.rpc import Channel, RpcError, StatusCode

LAST = 2**31 - 1


def _goaway(last: int) -> bytes:
    return GoAwayFrame(0, last_stream_id=last, error_code=0).serialize()


async def _send_away(session: Session, *, last: int = LAST) -> None:
    session.transport.write(_goaway(last))
    await session.heard_out()


async def _held(peer: Peer, channel: Channel, count: int) -> tuple[list[asyncio.Task[bytes]], list[Exchange]]:
    peer.serve = lambda _: None
    asking = [asyncio.create_task(ask(channel, b"%d" % n)) for n in range(count)]
    await eventually(lambda: len(peer.exchanges) == count and all(each.is_whole for each in peer.exchanges))
    return asking, peer.exchanges


async def test_calls_that_were_taken_finish(peer: Peer, channel: Channel) -> None:
    """A peer that goes says which calls it still serves: those get answers, the others may be made again."""
    asking, exchanges = await _held(peer, channel, 3)
    await _send_away(peer.sessions[0], last=3)
    with pytest.raises(RpcError) as caught:
        await asking[2]
    for exchange in exchanges[:2]:
        exchange.answer(b"served")

    assert (StatusCode.UNAVAILABLE, "the gateway closed the connection") == (caught.value.code, caught.value.details)
    assert [b"served"] * 2 == await asyncio.gather(*asking[:2])
    await eventually(lambda: peer.sessions[0].is_lost)


async def test_the_next_call_takes_a_new_connection(peer: Peer, channel: Channel) -> None:
    """While the old connection serves its last call, new calls go over another; then the old one is closed."""
    (old,), (exchange,) = await _held(peer, channel, 1)
    await _send_away(peer.sessions[0])
    peer.serve = lambda each: each.answer(b"new")

    assert [b"new", b"new"] == [await ask(channel), await ask(channel)]
    assert (2, False) == (len(peer.sessions), peer.sessions[0].is_lost)
    exchange.answer(b"old")
    assert await old == b"old"
    await eventually(lambda: peer.sessions[0].is_lost)
    assert not peer.sessions[1].is_lost


async def test_an_idle_connection_is_closed_at_once(peer: Peer, channel: Channel) -> None:
    """Without calls there is nothing to wait for."""
    await ask(channel)
    peer.sessions[0].transport.write(_goaway(LAST))
    await eventually(lambda: peer.sessions[0].is_lost)

    assert await ask(channel, b"again") == b"again"
    assert len(peer.sessions) == 2


async def test_going_in_two_steps(peer: Peer, channel: Channel) -> None:
    """A peer may first say that it goes, and later which call was the last."""
    asking, exchanges = await _held(peer, channel, 2)
    await _send_away(peer.sessions[0])
    await _send_away(peer.sessions[0], last=1)
    exchanges[0].answer(b"served")

    assert await asking[0] == b"served"
    with pytest.raises(RpcError, match="the gateway closed the connection"):
        await asking[1]


async def test_who_waits_for_a_stream_waits_no_more(peer: Peer, channel: Channel) -> None:
    """A call that has no stream yet gets none from a peer that goes."""
    peer.settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    (first,), (exchange,) = await _held(peer, channel, 1)
    waiting = await begun(channel, b"waits")
    await _send_away(peer.sessions[0])

    with pytest.raises(RpcError) as caught:
        await waiting.reply()
    exchange.answer(b"ok")
    assert await first == b"ok"
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_a_cancelled_last_call_closes_the_connection(peer: Peer, channel: Channel) -> None:
    """However the last call ends, the connection of a peer that goes ends with it."""
    (asking,), (exchange,) = await _held(peer, channel, 1)
    await _send_away(peer.sessions[0])
    asking.cancel()
    await eventually(lambda: peer.sessions[0].is_lost)

    assert exchange.reset_code == 8


async def test_a_gateway_that_goes_at_once(peer: Peer, channel: Channel) -> None:
    """A peer that says hello and goodbye in one breath makes the call fail, and nothing worse."""
    peer.meet = lambda exchange: exchange.session.transport.write(_goaway(0))
    error = await failure_of(channel)

    assert error.code is StatusCode.UNAVAILABLE


async def test_numbers_of_streams_run_out(peer: Peer) -> None:
    """After the last number a connection takes no more calls, serves those it has, and is closed."""
    connection = await connected(peer, first_stream=2**31 - 3)
    first = connection.open(HEAD, b"1", timeout_s=9)
    assert connection.is_open
    second = connection.open(HEAD, b"2", timeout_s=9)
    assert not connection.is_open

    assert [b"1", b"2"] == [await first.reply(), await second.reply()]
    assert [2**31 - 3, 2**31 - 1] == list(peer.sessions[0].exchanges)
    await eventually(lambda: peer.sessions[0].is_lost)


async def test_goodbye_before_hello_is_no_connection() -> None:
    """A peer that goes before its settings came was never there."""
    bench = Bench()
    bench.hear(_goaway(0))
    bench.connection.connection_lost(None)

    assert bench.wire.is_closed
    with pytest.raises(RpcError, match="hung up before a word"):
        await bench.connection.ready()


async def test_what_comes_after_goodbye_harms_nobody() -> None:
    """Frames behind a GOAWAY in the same bytes are heard in peace."""
    bench = Bench()
    bench.hear(HELLO, _goaway(0), HELLO, _goaway(0))

    assert bench.wire.is_closed
    assert not bench.connection.is_open


async def test_closing_ends_calls_of_an_older_connection(peer: Peer, channel: Channel) -> None:
    """A call on a connection that the peer has sent away ends too when the channel is closed."""
    (old,), _ = await _held(peer, channel, 1)
    await _send_away(peer.sessions[0])
    peer.serve = lambda exchange: exchange.answer(b"new")
    await ask(channel)
    await channel.close()

    with pytest.raises(RpcError, match="the connection has been closed"):
        await old
    await eventually(lambda: all(session.is_lost for session in peer.sessions))
