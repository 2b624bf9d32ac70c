"""What several faults are told with."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.scripted_gateway import ScriptedGateway


@pytest.fixture
async def gateway() -> AsyncIterator[ScriptedGateway]:
    """A gateway on loopback."""
    async with ScriptedGateway() as scripted:
        yield scripted
