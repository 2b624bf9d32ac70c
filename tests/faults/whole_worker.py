"""The whole worker in the test's own process, between a scripted gateway and an emulated service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.scripted_gateway import ScriptedGateway
from worker import app
from worker.demo.emulator import Emulator
from worker.events import Event
from worker.settings import load

__all__ = ["working"]


@asynccontextmanager
async def working(
    gateway: ScriptedGateway, azure: Emulator, *, address: str | None = None, **changed: str
) -> AsyncIterator[list[Event]]:
    """The worker at work, drained in the end; what it observes. *address* is the gateway's, where it is reached."""
    secrets = {"SECRET_AZURE_OPENAI_ENDPOINT": azure.url, "SECRET_AZURE_OPENAI_API_KEY": azure.key}
    given = {"ZEEBE_ADDRESS": address or gateway.address, "WORKER_JOB_LEASE_S": "5", "WORKER_DRAIN_GRACE_S": "5"}
    settings = load({**given, **changed})
    stop, events = app.Stop(), list[Event]()
    running = asyncio.create_task(app.run(settings, secrets, stop=stop, observe=events.append))
    yield events
    stop.ask()
    await asyncio.wait_for(running, 30)
