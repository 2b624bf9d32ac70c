"""What one job costs, counted and not timed: a machine that is busy gives the same numbers."""

import asyncio
import gc
import io
import json
import sys
import tracemalloc
from collections.abc import Mapping
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from msgspec.structs import replace

from tests.made import CHAT_REPLY, KEY, a_job, a_reply, a_task
from worker.azure import Azure, AzureOptions, Timeouts
from worker.connections import Connections
from worker.connector import Access, Connector
from worker.expressions import Expressions
from worker.job import Job
from worker.outcome import Complete
from worker.secrets import EnvironmentSecrets, Secrets
from worker.telemetry import Logs
from worker.wire import Reply

CALLS_AT_MOST = 285  # of functions, Python's and C's; who makes a job cheaper lowers it
AS_AZURE_SAYS = (
    ("Content-Type", "application/json"),
    ("apim-request-id", "6f1a4e64-7a3c-4c6b-9d53-2f8f3f0d4b11"),
    ("x-request-id", "0f2c3d0e-1a6b-4a8e-8b6f-0d4a2b3c4d5e"),
    ("x-ms-region", "Sweden Central"),
    ("x-ratelimit-remaining-requests", "249"),
    ("x-ratelimit-remaining-tokens", "249800"),
    ("x-ratelimit-limit-requests", "250"),
    ("x-ratelimit-limit-tokens", "250000"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
    ("Date", "Fri, 02 Jan 2026 00:00:00 GMT"),
)
COPIES_AT_MOST = 12  # of a megabyte each way, alive at one time; the envelope alone holds the answer three times


class Nowhere(io.RawIOBase):
    """Takes bytes and forgets them."""

    def writable(self) -> bool:
        """Whatever comes."""
        return True

    def write(self, data: Any, /) -> int:
        """They are gone."""
        return len(data)


class Echo:
    """A transport that has the answer ready."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        assert (method, url[:8], timeouts.read_s) == ("POST", "https://", None)
        assert headers
        assert body
        return self.reply

    async def close(self) -> None:
        """Nothing is open."""


def a_line(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> Connector:
    """Everything between the broker's room and the sockets, logging included."""
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(Nowhere())))
    logs = Logs(level="info", form="json")
    azure = Azure(AzureOptions(), transport=Echo(reply), observe=logs)
    source = EnvironmentSecrets({"SECRET_AZURE_OPENAI_API_KEY": KEY}, prefix="SECRET_")
    expressions = Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5)
    return Connector(azure, Access(Secrets(source), Connections()), expressions, observe=logs, clock=lambda: 0.0)


async def calls_of(connector: Connector, job: Job) -> int:
    """How many functions are called for *job*."""
    counted = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        outcome = await connector.run(job)
    finally:
        sys.setprofile(before)
    assert isinstance(outcome, Complete)
    return counted


async def test_calls_per_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job calls few functions, and the thousandth as many as the tenth."""
    connector = a_line(monkeypatch, replace(a_reply(), headers=AS_AZURE_SAYS))
    for _ in range(10):
        await connector.run(a_job())
    tenth = await calls_of(connector, a_job())
    for _ in range(990):
        await connector.run(a_job())
    thousandth = await calls_of(connector, a_job())

    assert tenth <= CALLS_AT_MOST
    assert abs(thousandth - tenth) <= 5  # a cache that is filled or swept on the way


async def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that is done holds no memory: after a thousand there is as much as after a hundred."""
    connector = a_line(monkeypatch, a_reply())
    for _ in range(100):
        await connector.run(a_job())
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(1000):
        await connector.run(a_job())
        await asyncio.sleep(0)  # the loop forgets timers that were cancelled when it looks at them
    gc.collect()

    assert sys.getallocatedblocks() - before < 1000


async def test_large_bodies_are_not_copied_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte in and a megabyte out are held a few times at most, and never as decoded objects."""
    megabyte = "x" * 1_000_000
    body = json.loads(json.dumps(CHAT_REPLY))
    body["choices"][0]["message"]["content"] = megabyte
    connector = a_line(monkeypatch, a_reply(body=body))
    await connector.run(a_job())  # what is loaded with the first job
    job = a_job(a_task(input={"content": megabyte}))

    tracemalloc.start()
    try:
        await connector.run(job)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak <= COPIES_AT_MOST * len(megabyte)
