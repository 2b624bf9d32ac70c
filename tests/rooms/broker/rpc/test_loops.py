"""The worker's own loop is uvloop's, whose transports differ in how they close."""

import asyncio
import socket
import sys

import pytest

from tests.rooms.broker.rpc.calling import ask, begun, failure_of
from tests.rooms.broker.rpc.peer import Exchange, Peer
from tests.rooms.broker.waiting import eventually
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Channel, StatusCode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop")


def _start(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send(b"job" * 1000)


async def _life() -> None:
    async with Peer() as peer:
        channel = Channel(GatewayOptions(address=peer.address))
        assert await ask(channel, bytes(300_000)) == bytes(300_000)
        peer.serve = _start
        call = await begun(channel)
        assert await call.read() == b"job" * 1000
        call.cancel()
        await eventually(lambda: peer.exchanges[1].reset_code == 8)
        waiting = asyncio.create_task(failure_of(channel))
        await eventually(lambda: len(peer.exchanges) == 3)
        peer.hang_up()
        assert (await waiting).code is StatusCode.UNAVAILABLE
        peer.serve = lambda exchange: exchange.answer(b"back")
        assert await ask(channel) == b"back"
        await channel.close()
        assert (await failure_of(channel)).details == "the connection has been closed"
        assert [] == peer.violations


async def _nobody() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = Channel(GatewayOptions(address=f"127.0.0.1:{taken.getsockname()[1]}"))
        assert (await failure_of(channel)).details == "connection refused"
        await channel.close()


def test_a_channels_life_on_the_workers_own_loop() -> None:
    """Calls, streams, a lost connection, a new one and the end go the same way on uvloop."""
    uvloop = pytest.importorskip("uvloop")
    uvloop.run(_life())


def test_a_refusal_on_the_workers_own_loop() -> None:
    """A gateway that is not there is told in the same words on uvloop."""
    uvloop = pytest.importorskip("uvloop")
    uvloop.run(_nobody())
