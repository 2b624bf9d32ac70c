"""A gateway on loopback and a door to it."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.scripted_gateway import ScriptedGateway
from worker.broker import GatewayOptions, GrpcGateway


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedGateway]:
    """A gateway that does what the test tells it to."""
    async with ScriptedGateway() as gateway:
        yield gateway


@pytest.fixture
async def gateway(scripted: ScriptedGateway) -> AsyncIterator[GrpcGateway]:
    """Our door to it, with time-outs that a test can wait for."""
    door = GrpcGateway(
        GatewayOptions(
            address=scripted.address, command_timeout_s=1.0, poll_margin_s=1.0, reconnect_most_s=0.2, keepalive_s=30
        )
    )
    yield door
    await door.close()
