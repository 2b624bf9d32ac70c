"""
The real parts that tests share: a Zeebe broker, an Azure OpenAI emulator, and the worker as a process of its own.

Loaded as a pytest plugin, so that one broker serves the whole run.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import pyzeebe
from pyzeebe import ZeebeClient
from pyzeebe.proto import gateway_pb2
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from tests.canary import CANARY
from tests.postgres import BINARIES, NEEDS_POSTGRES, PostgresServer
from tests.waiting import PATIENCE_S, eventually, until
from tests.worker_process import WorkerProcess
from worker.demo.broker import Broker, BrokerOptions
from worker.demo.emulator import Emulator

__all__ = [
    "ADDRESS",
    "ENGINES",
    "HAS_DOCKER",
    "PATIENCE_S",
    "RECORDS_IN_LOG",
    "Incident",
    "StartWorker",
    "WorkerProcess",
    "eventually",
    "incident_of",
    "resolve",
    "until",
]

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


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A running broker: the one at ZEEBE_ADDRESS, else one of our own, of the version that the test asks for."""
    version = getattr(request, "param", ENGINES[0])
    options = BrokerOptions(address=ADDRESS, version=version, use_docker=HAS_DOCKER, settings=RECORDS_IN_LOG)
    broker = Broker(options)
    asyncio.run(broker.start())
    yield broker
    if broker.log is not None:
        CANARY.saw_file("the broker's records", broker.log)
    asyncio.run(broker.stop())


@pytest.fixture
async def zeebe(broker: Broker) -> AsyncIterator[ZeebeClient]:
    """A client of the broker, to deploy and start processes with."""
    channel = pyzeebe.create_insecure_channel(broker.address)
    yield ZeebeClient(channel)
    await channel.close(None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; tests make databases of their own in it."""
    if not BINARIES:
        pytest.skip(NEEDS_POSTGRES)
    with PostgresServer() as server:
        yield server


@pytest.fixture
async def azure() -> AsyncIterator[Emulator]:
    """An emulated Azure OpenAI that answers at once, and lets nobody in without the run's own key."""
    async with Emulator(keys=(CANARY.key,)) as emulator:
        yield emulator
    for entry in emulator.books.entries:
        CANARY.saw_request("a request", entry.method, f"{entry.path}?{entry.query}", entry.headers, entry.body)


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
