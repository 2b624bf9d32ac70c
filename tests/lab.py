"""
The real parts that tests share: a Zeebe broker, an Azure OpenAI emulator, and the worker as a process of its own.

Loaded as a pytest plugin, so that one broker serves the whole run.
"""

import asyncio
import inspect
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, overload

import grpc
import pytest
import pyzeebe
from pyzeebe import ZeebeClient
from pyzeebe.proto import gateway_pb2
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from worker.demo.broker import Broker, BrokerOptions
from worker.demo.emulator import Emulator

_T = TypeVar("_T")
ADDRESS = os.environ.get("ZEEBE_ADDRESS")
ENGINES = ("8.5.8", "8.6.0", "in-memory:8.8.21") if os.environ.get("CI") and not ADDRESS else ("8.5.8",)
# Docker's client leaves a socket open when it finds no engine, which fails the next test: so look first.
HAS_DOCKER = "DOCKER_HOST" in os.environ or Path("/var/run/docker.sock").exists()
_EXPORTER = "zeebe.broker.exporters.records"
# Every record of the broker as a line of JSON in its log: there is no other way to an incident's text.
RECORDS_IN_LOG = {
    f"{_EXPORTER}.className": "io.camunda.zeebe.broker.exporter.debug.DebugLogExporter",
    f"{_EXPORTER}.args.logLevel": "info",
    f"{_EXPORTER}.args.prettyPrint": "false",
}
SAYS_WHY = {"WORKER_LOG_LEVELS": "connector=debug"}  # a failure's own text, which is kept out of logs otherwise
PATIENCE_S = 60.0  # for things that take a second or two on an idle machine


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A running broker: the one at ZEEBE_ADDRESS, else one of our own, of the version that the test asks for."""
    version = getattr(request, "param", ENGINES[0])
    options = BrokerOptions(address=ADDRESS, version=version, use_docker=HAS_DOCKER, settings=RECORDS_IN_LOG)
    broker = Broker(options)
    asyncio.run(broker.start())
    yield broker
    asyncio.run(broker.stop())


@pytest.fixture
async def zeebe(broker: Broker) -> AsyncIterator[ZeebeClient]:
    """A client of the broker, to deploy and start processes with."""
    channel = pyzeebe.create_insecure_channel(broker.address)
    yield ZeebeClient(channel)
    await channel.close(None)


@pytest.fixture
async def azure() -> AsyncIterator[Emulator]:
    """An emulated Azure OpenAI that answers at once."""
    async with Emulator() as emulator:
        yield emulator


@dataclass(frozen=True)
class Incident:
    """An incident, as the broker itself recorded it."""

    key: int
    job_key: int
    text: str


async def incident_of(broker: Broker, process_instance_key: int) -> Incident:
    """An instance's first incident; skips where a broker keeps no records."""
    log = broker.log if broker.is_ours and broker.keeps_data else None
    if log is None:
        pytest.skip("this broker keeps no records that a test can read")

    def found() -> Incident | None:
        records = [_record(line) for line in log.read_bytes().splitlines() if b'"INCIDENT"' in line]
        created = (record for record in records if record.get("intent") == "CREATED")
        mine = (record for record in created if record["value"]["processInstanceKey"] == process_instance_key)
        first = next(mine, None)
        if first is None:
            return None
        return Incident(first["key"], first["value"]["jobKey"], str(first["value"]["errorMessage"]))

    return await eventually(found, what=f"the incident of {process_instance_key}")


def resolve(broker: Broker, incident: Incident) -> None:
    """Give the job a retry and resolve its incident, as a person does in Operate."""
    with grpc.insecure_channel(broker.address) as channel:
        gateway = GatewayStub(channel)
        gateway.UpdateJobRetries(gateway_pb2.UpdateJobRetriesRequest(jobKey=incident.job_key, retries=1))
        gateway.ResolveIncident(gateway_pb2.ResolveIncidentRequest(incidentKey=incident.key))


def _record(line: bytes) -> dict[str, Any]:
    """The JSON object at the end of a log line; empty where there is none."""
    _, brace, rest = line.partition(b"{")
    try:
        return dict(json.loads(brace + rest))
    except ValueError:
        return {}


@dataclass
class WorkerProcess:
    """`python -m worker run`, as an operator would start it. *log* grows line by line."""

    environment: Mapping[str, str]
    log: list[dict[str, Any]] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "worker", "run",
            env={**_bare_environment(), "WORKER_MANAGEMENT_PORT": "0", **SAYS_WHY, **self.environment},
            cwd=Path(__file__).parents[1],
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading

    def terminate(self) -> None:
        """As Kubernetes does before it takes a pod away."""
        self.process.send_signal(signal.SIGTERM)

    async def ends(self) -> int:
        """Wait for the exit code."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def says(self, event: str, **facts: object) -> dict[str, Any]:
        """Wait for a log line of *event* with *facts* in it."""

        def line() -> dict[str, Any] | None:
            return next((entry for entry in self.log if _matches(entry, event, facts)), None)

        return await eventually(line, what=f"the log line {event!r} {facts}, in {self.log[-20:]} {self.noise[-20:]}")

    def said(self, event: str) -> list[dict[str, Any]]:
        """Every log line of *event* so far."""
        return [entry for entry in self.log if entry["event"] == event]

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            try:
                self.log.append(json.loads(raw))
            except ValueError:
                self.noise.append(raw.decode(errors="replace"))


def _matches(entry: Mapping[str, Any], event: str, facts: Mapping[str, object]) -> bool:
    return entry["event"] == event and all(entry.get(name) == value for name, value in facts.items())


def _bare_environment() -> dict[str, str]:
    """Ours, without anything that would configure a worker."""
    configures = ("ZEEBE_", "CAMUNDA_", "WORKER_", "SECRET_", "AZURE_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(configures)}


StartWorker = Callable[..., WorkerProcess]


@pytest.fixture
def start_worker(broker: Broker, azure: Emulator) -> StartWorker:
    """A worker between the broker and the emulator, to be entered; keyword arguments set its environment."""

    def start(**changed: str) -> WorkerProcess:
        return WorkerProcess(
            {
                "ZEEBE_ADDRESS": broker.address,
                "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
                "SECRET_AZURE_OPENAI_API_KEY": azure.key,
                **changed,
            }
        )

    return start


@overload
async def eventually(probe: Callable[[], Awaitable[_T | None]], *, what: str, within_s: float = ...) -> _T: ...


@overload
async def eventually(probe: Callable[[], _T | None], *, what: str, within_s: float = ...) -> _T: ...


async def eventually(probe: Callable[[], Any], *, what: str, within_s: float = PATIENCE_S) -> Any:
    """What *probe* gives, as soon as it gives something; AssertionError naming *what* when it never does."""
    deadline_s = asyncio.get_running_loop().time() + within_s
    while not (found := await looked if inspect.isawaitable(looked := probe()) else looked):
        assert asyncio.get_running_loop().time() < deadline_s, f"waited {within_s} s for {what}"
        await asyncio.sleep(0.02)
    return found


async def until(probe: Callable[[], Awaitable[object]], wanted: object, *, what: str) -> None:
    """Wait until what *probe* brings equals *wanted*; AssertionError naming *what* when it never does."""

    async def is_there() -> bool:
        return await probe() == wanted

    await eventually(is_there, what=what)
