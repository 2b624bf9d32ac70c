"""
A worker that does for Camunda's templates what their REST connector does, and the ways to an emulator.

Both it and our own worker go to the emulator in place of the hosts that the tasks name, so that the books show what
either of them asks.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from tests.migration.old_tasks import JOB_TYPE
from worker.app import azure_options, connector_for
from worker.azure import Azure, DefaultTransport, Timeouts
from worker.broker import GatewayOptions, GrpcGateway, JobLoop, LoopOptions, NoCredentials
from worker.demo.emulator import Emulator
from worker.expressions import Expressions
from worker.inputs import VARIABLE
from worker.job import Job
from worker.outcome import Complete, Outcome
from worker.settings import Settings
from worker.wire import Reply

KEYS = ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY")
_READ = ("url", "method", "body", "authentication", "headers")


def address_at(azure: Emulator, url: str) -> str:
    """The emulator's counterpart of an address of Azure's or OpenAI's."""
    host, _, rest = url.removeprefix("https://").partition("/")
    assert host in {"my-res.openai.azure.com", "api.openai.com"}, url
    return f"{azure.url}/openai/{rest}" if host == "api.openai.com" else f"{azure.url}/{rest}"


@dataclass
class StandIn:
    """Asks what the task's inputs say, and gives the process what the task's headers say."""

    azure: Emulator

    async def run(self, job: Job) -> Outcome:
        """What their connector would report of *job*."""
        text, key = job.variables, json.dumps(self.azure.key)[1:-1].encode()
        for name in KEYS:
            text = text.replace(b"{{secrets.%s}}" % name.encode(), key)
        response = await self._asked(json.loads(text))
        expressions = Expressions(now=lambda: datetime.now(UTC), chance=lambda: 0.5)
        headers = job.headers
        mapped = expressions.mapped(headers.get("resultExpression"), headers.get("resultVariable"), response, {})
        return Complete(variables=mapped)

    async def _asked(self, given: Mapping[str, Any]) -> bytes:
        way = given["authentication"]
        bearer = {"Authorization": f"Bearer {way.get('token')}"}
        key = bearer if way["type"] == "bearer" else {way["name"]: way["value"]}
        headers = {**(given.get("headers") or {}), **key}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                given["method"], address_at(self.azure, given["url"]), json=given["body"], headers=headers
            ) as reply,
        ):
            text = await reply.text()
            body = json.loads(text)
            envelope = {"status": reply.status, "headers": dict(reply.headers), "body": body, "reason": reply.reason}
        return json.dumps({**envelope, "document": None}).encode()


@dataclass
class Rerouted:
    """A transport that takes every call to the emulator."""

    azure: Emulator
    inner: DefaultTransport

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        return await self.inner.send(method, address_at(self.azure, url), headers, body, timeouts=timeouts)

    async def close(self) -> None:
        await self.inner.close()


@asynccontextmanager
async def both_at_work(address: str, azure: Emulator, job_type: str) -> AsyncIterator[None]:
    """The stand-in for tasks that were not migrated, and our data path for those of *job_type*."""
    settings = Settings()
    service = Azure(
        azure_options(settings),
        observe=lambda _: None,
        transport=Rerouted(azure, DefaultTransport(azure_options(settings))),
    )
    secrets = {f"SECRET_{name}": azure.key for name in KEYS}
    connector = connector_for(settings, secrets, service=service, observe=lambda _: None)
    gateway = GrpcGateway(GatewayOptions(address=address, tls=None), credentials=NoCredentials())
    loops = [
        JobLoop(gateway, run, options=LoopOptions(job_types=(kind,), worker_name="test", fetch_variables=names),
                observe=lambda _: None)
        for kind, run, names in ((JOB_TYPE, StandIn(azure).run, _READ), (job_type, connector.run, (VARIABLE,)))
    ]  # fmt: skip
    running = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        for loop in loops:
            await loop.drain(0)
        await asyncio.gather(*running)
        await gateway.close()
        await service.close()
