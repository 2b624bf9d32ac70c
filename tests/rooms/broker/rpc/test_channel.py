import asyncio
import socket

import pytest
from h2.exceptions import ProtocolError

from tests.rooms.broker.rpc.calling import ask, begun, failure_of
from tests.rooms.broker.rpc.clock import Clock
from tests.rooms.broker.rpc.peer import Peer, echo
from tests.rooms.broker.rpc.raw import HELLO, RawPeer
from tests.rooms.broker.waiting import eventually
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Channel, RpcError, StatusCode

CLOSED = "the connection has been closed"


@pytest.fixture
def nobody() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _to(port: int, *, reconnect_most_s: float = 2, connect_timeout_s: float = 5) -> Channel:
    return Channel(
        GatewayOptions(
            address=f"127.0.0.1:{port}", reconnect_most_s=reconnect_most_s, connect_timeout_s=connect_timeout_s
        )
    )


async def test_nothing_is_dialled_before_the_first_call(peer: Peer, channel: Channel) -> None:
    """The connection is made when it is first used, and then kept."""
    assert [] == peer.sessions
    assert [b"1", b"2"] == [await ask(channel, b"1"), await ask(channel, b"2")]
    assert len(peer.sessions) == 1


async def test_first_calls_share_one_connection(peer: Peer, channel: Channel) -> None:
    """Calls that come while the first connection is being made all wait for that one."""
    answers = await asyncio.gather(*(ask(channel, b"%d" % n) for n in range(50)))

    assert [b"%d" % n for n in range(50)] == answers
    assert len(peer.sessions) == 1


async def test_nobody_there_is_told(nobody: int) -> None:
    """A refused connection is UNAVAILABLE, in words, for each call that waited for it."""
    channel = _to(nobody)
    errors = await asyncio.gather(*(failure_of(channel) for _ in range(5)))
    await channel.close()

    assert {(StatusCode.UNAVAILABLE, "connection refused", False)} == {
        (error.code, error.details, error.is_remote) for error in errors
    }
    assert len(set(map(id, errors))) == 5


async def test_a_gateway_that_is_back_is_found(nobody: int, clock: Clock) -> None:
    """After an attempt in vain calls fail at once, for the same reason, until the pause is over."""
    channel = _to(nobody)
    assert (await failure_of(channel)).details == "connection refused"
    async with Peer(nobody) as peer:
        await clock.passes(0.49)
        assert (await failure_of(channel)).details == "connection refused"
        assert [] == peer.sessions
        await clock.passes(0.02)
        assert await ask(channel, b"back") == b"back"
        await channel.close()
        no_violations: list[ProtocolError] = []
        assert no_violations == peer.violations


async def test_pauses_grow_up_to_a_limit(clock: Clock) -> None:
    """Each attempt in vain makes the next pause longer, and none is longer than the option says."""
    async with RawPeer(leaves=True) as other:
        channel = _to(int(other.address.rpartition(":")[2]), reconnect_most_s=1)
        await failure_of(channel)
        for visits, pause_s in enumerate((0.5, 0.8, 1, 1, 1), start=1):
            await clock.passes(pause_s - 0.01)
            await failure_of(channel)
            assert visits == other.visits
            await clock.passes(0.02)
            await failure_of(channel)
            assert visits + 1 == other.visits
        await channel.close()


async def test_a_good_connection_makes_pauses_short_again(nobody: int, clock: Clock) -> None:
    """After a success the first pause is the shortest once more."""
    channel = _to(nobody)
    for _ in range(4):
        await failure_of(channel)
        await clock.passes(5)
    async with Peer(nobody) as peer:
        assert await ask(channel, b"up") == b"up"
        peer.serve = lambda exchange: exchange.session.transport.abort()
        await failure_of(channel)
    assert (await failure_of(channel)).details == "connection refused"
    async with Peer(nobody):
        await clock.passes(0.51)
        assert await ask(channel, b"up") == b"up"
        await channel.close()


async def test_a_lost_connection_is_made_again(peer: Peer, channel: Channel) -> None:
    """When the peer has gone away, the next call finds it again without anybody's help."""
    for n in range(1, 4):
        peer.serve = echo
        assert await ask(channel, b"q") == b"q"
        assert n == len(peer.sessions)
        peer.serve = lambda exchange: exchange.session.transport.abort()
        assert (await failure_of(channel)).code is StatusCode.UNAVAILABLE


async def test_closing_ends_calls(peer: Peer, channel: Channel) -> None:
    """A channel that is closed breaks off what is under way and takes no more, and may be closed again."""
    peer.serve = lambda _: None
    call = await begun(channel)
    reading = asyncio.create_task(call.reply())
    await eventually(lambda: peer.exchanges)
    await channel.close()

    with pytest.raises(RpcError, match=CLOSED) as caught:
        await reading
    assert caught.value.code is StatusCode.UNAVAILABLE
    assert (await failure_of(channel)).details == CLOSED
    await eventually(lambda: peer.sessions[0].is_lost)
    await channel.close()
    assert len(peer.sessions) == 1


async def test_closing_before_the_first_call() -> None:
    """What was never used can be closed, and is closed."""
    channel = Channel(GatewayOptions(address="127.0.0.1:1"))
    await channel.close()

    assert (await failure_of(channel)).details == CLOSED


async def test_closing_while_connecting() -> None:
    """A call that waits for a connection hears that the channel was closed, and nothing stays open."""
    async with RawPeer() as silent:
        channel = Channel(GatewayOptions(address=silent.address))
        asking = [asyncio.create_task(failure_of(channel)) for _ in range(3)]
        await eventually(lambda: silent.visits)
        await channel.close()

        assert [CLOSED] * 3 == [error.details for error in await asyncio.gather(*asking)]
        assert (await failure_of(channel)).details == CLOSED
        assert silent.visits == 1


async def test_closing_as_the_first_call_begins(peer: Peer) -> None:
    """A channel can be closed in the very step in which it begins to connect."""
    for steps in range(12):
        channel = Channel(GatewayOptions(address=peer.address))
        asking = asyncio.create_task(ask(channel))
        for _ in range(steps):
            await asyncio.sleep(0)
        await channel.close()
        with pytest.raises(RpcError, match=CLOSED):
            await asking
    await eventually(lambda: all(session.is_lost for session in peer.sessions))


async def test_a_peer_that_never_says_hello() -> None:
    """A port that takes connections and says nothing is told after the time allowed."""
    async with RawPeer() as silent:
        channel = Channel(GatewayOptions(address=silent.address, connect_timeout_s=0.05))
        error = await failure_of(channel)
        await channel.close()

    assert (StatusCode.UNAVAILABLE, "no connection within the time allowed") == (error.code, error.details)


async def test_a_call_can_expire_before_there_is_a_connection() -> None:
    """A call's own time counts from its beginning; the connection that others may want is still made."""
    async with RawPeer() as silent:
        channel = Channel(GatewayOptions(address=silent.address))
        with pytest.raises(RpcError) as caught:
            await begun(channel, timeout_s=0.02)
        other = asyncio.create_task(failure_of(channel))
        await asyncio.sleep(0)
        assert silent.visits == 1
        await channel.close()

    assert caught.value.code is StatusCode.DEADLINE_EXCEEDED
    assert (await other).details == CLOSED


async def test_a_caller_that_gives_up_takes_no_connection_from_others(peer: Peer, channel: Channel) -> None:
    """When the first of two that wait for a connection is cancelled, the other still gets it."""
    first, second = asyncio.create_task(ask(channel, b"1")), asyncio.create_task(ask(channel, b"2"))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == b"2"
    assert len(peer.sessions) == 1


async def test_a_name_that_cannot_be_one_is_told() -> None:
    """A label that is too long for any name is told as that, not as an unheard-of error."""
    channel = Channel(GatewayOptions(address=f"{'x' * 64}.example:26500", proxy=None))
    error = await failure_of(channel)
    await channel.close()

    assert error.code is StatusCode.UNAVAILABLE
    assert error.details.startswith("the gateway's name cannot be used")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_address_may_be_a_name(peer: Peer, host: str) -> None:
    """Where a name has several addresses, one that answers is enough."""
    channel = Channel(GatewayOptions(address=f"{host}:{peer.port}"))

    assert await ask(channel, b"q") == b"q"
    assert f"{host}:{peer.port}" == peer.exchanges[0].headers[":authority"]
    await channel.close()


async def test_connecting_counts_as_the_calls_own_time(clock: Clock) -> None:
    """What the connection took is taken off the time that the first call has."""
    async with RawPeer() as slow:
        channel = Channel(GatewayOptions(address=slow.address))
        beginning = asyncio.create_task(begun(channel, timeout_s=5))
        await slow.visited.wait()
        await clock.passes(3)
        slow.say(HELLO)
        call = await beginning
        await clock.passes(1.9)
        before = call.is_over
        await clock.passes(0.2)
        await channel.close()

    with pytest.raises(RpcError) as caught:
        await call.read()
    assert (False, StatusCode.DEADLINE_EXCEEDED) == (before, caught.value.code)
