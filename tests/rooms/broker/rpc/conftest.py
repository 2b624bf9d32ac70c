"""A peer on loopback, a channel to it, and time that a test can move."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.rooms.broker.rpc.clock import Clock
from tests.rooms.broker.rpc.peer import Peer
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Channel


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A gateway that echoes; at the end the client has not broken a rule of HTTP/2."""
    async with Peer() as peer:
        yield peer

    assert [] == peer.violations


@pytest.fixture
async def channel(peer: Peer) -> AsyncIterator[Channel]:
    """Our way to it."""
    channel = Channel(GatewayOptions(address=peer.address, connect_timeout_s=5))
    yield channel
    await channel.close()


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the test's own loop."""
    loop = asyncio.get_running_loop()
    clock = Clock(loop)
    monkeypatch.setattr(loop, "time", clock)
    return clock
