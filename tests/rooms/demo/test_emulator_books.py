"""What the emulator remembers, and how it counts."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from tests.rooms.demo.conftest import Caller
from worker.demo.emulator import Answer, Deployment, Emulator
from worker.demo.emulator.deployments import DEFAULT
from worker.demo.emulator.front.limits import Limits
from worker.demo.emulator.operations import words
from worker.demo.emulator.process import EmulatorProcess


async def test_remembers_the_request(caller: Caller) -> None:
    """A request is kept as it came: path, query, headers and body."""
    await caller.chat("Hello", deployment="a/b c".replace("/", "%2F").replace(" ", "%20"))
    last = caller.azure.books.last

    assert ("POST", "chat/completions", "a/b c", 404) == (last.method, last.operation, last.deployment, last.status)
    assert "%2F" in last.path
    assert {"api-version": "2024-10-21"} == last.query
    assert "emulator-key" == last.headers["api-key"]
    assert {"messages": [{"role": "user", "content": "Hello"}]} == last.body


async def test_counts_what_is_in_flight(caller: Caller) -> None:
    """The most calls that ran at the same time are counted."""
    caller.azure.latency_s = 0.05
    await asyncio.gather(*(caller.chat() for _ in range(60)))

    assert (60, 0, 60) == (
        caller.azure.books.max_in_flight,
        caller.azure.books.in_flight,
        caller.azure.books.billed_calls,
    )


async def test_each_bill_has_its_request(caller: Caller) -> None:
    """What was billed can be told request by request, an answer that was lost on its way included."""
    caller.azure.next(Answer.status(503), Answer.broken("lost"))
    await caller.chat("refused")
    with pytest.raises(aiohttp.ClientError):
        await caller.chat("lost")
    await caller.chat("answered")
    entries = caller.azure.books.entries

    assert [(False, "whole"), (True, "lost"), (True, "whole")] == [(e.is_billed, e.ending) for e in entries]


def test_limits_start_anew_each_minute() -> None:
    """A deployment that enforces its limits lets a caller wait until its minute is over."""
    now = [100.0]
    limits = Limits(now_s=lambda: now[0])
    deployment = Deployment(model="m", requests_per_minute=1, enforces_limits=True)
    waits = [limits.wait_s("d", deployment)]
    now[0] += 20
    waits.append(limits.wait_s("d", deployment))
    now[0] += 40
    waits.append(limits.wait_s("d", deployment))

    assert [None, 40, None] == waits


async def test_too_fast() -> None:
    """A caller that is too fast gets 429 with the wait in seconds and in milliseconds."""
    slow = replace(DEFAULT["gpt-4o"], requests_per_minute=1, enforces_limits=True)
    async with Emulator(deployments={"slow": slow}) as azure, aiohttp.ClientSession() as session:
        caller = Caller(azure, session)
        assert 200 == (await caller.chat(deployment="slow")).status
        seen = await caller.chat(deployment="slow")

    assert 429 == seen.status
    assert int(seen.headers["retry-after"]) * 1000 == int(seen.headers["retry-after-ms"])


@pytest.mark.parametrize("text", ["", "Hello, world!", " a  b\n", "Größe: 42 €", "…" * 3, "extraordinarily"])
def test_pieces_are_the_text(text: str) -> None:
    """Tokens, joined, are the text that they were cut from."""
    assert text == "".join(words.pieces(text))


@pytest.mark.may_block("a process is started")
async def test_in_a_process_of_its_own() -> None:
    """The emulator can run in another process, be scripted from here, and tell what it has seen."""
    async with EmulatorProcess(key="k", deployments=["d=gpt-4o"]) as azure, aiohttp.ClientSession() as session:
        await azure.next(Answer.status(503))
        url = f"{azure.url}/openai/deployments/d/chat/completions?api-version=2024-10-21"
        body = {"messages": [{"role": "user", "content": "Hi"}]}
        seen = [(await session.post(url, json=body, headers={"api-key": "k"})).status for _ in range(2)]
        books = await azure.books()
        await azure.reset()

        assert [503, 200] == seen == [entry["status"] for entry in books["entries"]]
        assert 0 == (await azure.books())["billed_calls"]
