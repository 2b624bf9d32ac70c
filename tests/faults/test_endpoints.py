import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.made import a_job
from tests.waiting import eventually
from worker.app import azure_options, connector_for
from worker.azure import Azure, AzureOptions
from worker.connector import Connector
from worker.demo.emulator import Answer, Emulator, Rule
from worker.demo.emulator.deployments import Deployment
from worker.events import BreakerTurned, Event, FailedOver
from worker.outcome import Complete, Outcome
from worker.settings import load

NAMES = ("ptu", "payg", "north")


@dataclass
class Resource:
    """Three real servers, each with a deployment of its own name, behind one connection of a real worker's edge."""

    emulators: dict[str, Emulator]
    connector: Connector
    events: list[Event]
    azure: Azure

    async def run(self, **changed: Any) -> Outcome:
        task = {
            "operation": "chatCompletion",
            "connection": {"name": "pool"},
            "input": {"content": "What is two and two?"},
            **changed,
        }
        return await self.connector.run(a_job(task))

    async def result(self, **changed: Any) -> dict[str, Any]:
        outcome = await self.run(**changed)
        assert isinstance(outcome, Complete), outcome
        result: dict[str, Any] = json.loads(outcome.variables)["result"]
        return result

    def is_open(self) -> bool:
        """Whether every endpoint may be asked."""
        return not any(one.opens_in_s for one in self.azure.endpoints())

    def calls(self) -> dict[str, int]:
        """How often each was asked."""
        return {name: emulator.books.calls for name, emulator in self.emulators.items()}

    def bills(self) -> dict[str, int]:
        """How often a model worked."""
        return {name: emulator.books.billed_calls for name, emulator in self.emulators.items()}

    def states(self) -> list[tuple[str, str]]:
        """Each change of a breaker."""
        return [(event.deployment, event.state) for event in self.events if isinstance(event, BreakerTurned)]


@asynccontextmanager
async def pool(*priorities: int, weights: tuple[float, ...] = (1, 1, 1), **settings: str) -> AsyncIterator[Resource]:
    async with AsyncExitStack() as stack:
        emulators = {
            name: await stack.enter_async_context(
                Emulator(keys=(f"{name}-key",), deployments={name: Deployment(model="gpt-4.1-mini-2025-04-14")})
            )
            for name in NAMES[: len(priorities)]
        }
        places = [
            f"[[connections.pool.endpoints]]\nendpoint = '{emulator.url}'\ndeployment = '{name}'\n"
            f"authentication = {{type = 'apiKey', apiKey = '{{{{secrets.{name}}}}}'}}\n"
            f"priority = {priorities[number]}\nweight = {weights[number]}\n"
            for number, (name, emulator) in enumerate(emulators.items())
        ]
        loaded = load({"WORKER_CONFIG": "[connections.pool]\n" + "".join(places), **settings})
        secrets = {f"SECRET_{name}": emulator.key for name, emulator in emulators.items()}
        events: list[Event] = []
        azure = Azure(azure_options(loaded), observe=events.append)
        stack.push_async_callback(azure.close)
        yield Resource(emulators, connector_for(loaded, secrets, service=azure, observe=events.append), events, azure)


async def test_reserved_capacity_before_pay_as_you_go() -> None:
    """A full reservation costs no wait; while it says so it is left alone, then it is used again."""
    async with pool(1, 2) as resource:
        ptu = resource.emulators["ptu"]
        first = await resource.result()
        ptu.next(Answer.status(429, retry_after_ms=400))
        over = await resource.result()
        meanwhile = await resource.result()
        await eventually(lambda: resource.is_open() or None, what="the end of the rate limit")
        after = await resource.result()

    assert ["ptu", "payg", "payg", "ptu"] == [one["output"]["deployment"] for one in (first, over, meanwhile, after)]
    assert 2 == over["output"]["attempts"]
    assert over["output"]["duration"] < 0.4
    assert {"ptu": 2, "payg": 2} == resource.bills()
    assert [("ptu", "open"), ("ptu", "half-open"), ("ptu", "closed")] == resource.states()


async def test_a_region_that_is_away() -> None:
    """Nobody listens there: the other region does all the work, and each job is paid for once."""
    async with pool(1, 2) as resource:
        await resource.emulators["ptu"].stop()
        results = [await resource.result() for _ in range(5)]
        await resource.emulators["ptu"].start()

    assert [2, 2, 2, 1, 1] == [one["output"]["attempts"] for one in results]
    assert {"ptu": 0, "payg": 5} == resource.bills()
    assert ["UNREACHABLE"] * 3 == [event.cause for event in resource.events if isinstance(event, FailedOver)]


async def test_all_are_away_for_a_moment() -> None:
    """The call is repeated where it is possible first, and paid for once."""
    async with pool(1, 2) as resource:
        resource.emulators["ptu"].always(Answer.status(503, retry_after_s=30))
        resource.emulators["payg"].next(Answer.status(429, retry_after_ms=200))
        result = await resource.result()

    assert ("payg", 3) == (result["output"]["deployment"], result["output"]["attempts"])
    assert {"ptu": 0, "payg": 1} == resource.bills()


async def test_an_answer_that_was_lost_is_asked_for_once_more() -> None:
    """A connection that broke in the middle may be billed twice, at another endpoint as at the same, but never more."""
    async with pool(1, 2, 3) as resource:
        for emulator in resource.emulators.values():
            emulator.next(Answer.broken("lost"))
        outcome = await resource.run()

    assert not isinstance(outcome, Complete)
    assert {"ptu": 1, "payg": 1, "north": 0} == resource.bills()


async def test_two_halves_of_a_stream_are_never_joined() -> None:
    """What had come of a stream before it broke is thrown away as a whole."""
    async with pool(1, 2) as resource:
        resource.emulators["ptu"].script(Rule(answer=Answer(ending="truncated", content="half of ptu's answer")))
        resource.emulators["payg"].script(Rule(answer=Answer.says("whole")))
        result = await resource.result(input={"content": "Hi", "stream": True})

    assert ("whole", "payg") == (result["output"]["text"], result["output"]["deployment"])


async def test_weights_are_honoured() -> None:
    """Calls are shared out among equals, side by side too."""
    async with pool(1, 1, weights=(3, 1)) as resource:
        for _ in range(4):
            await asyncio.gather(*(resource.result() for _ in range(50)))
        calls = Counter(resource.calls())

    assert 200 == calls.total()
    assert 110 <= calls["ptu"] <= 185  # 150, and more than five times its deviation to either side


async def test_a_conversation_is_continued_where_it_began() -> None:
    """And a response that is made in the background is looked at where it is made."""
    asked = {"operation": "createResponse", "apiVersion": "v1"}
    async with pool(1, 2) as resource:
        ptu = resource.emulators["ptu"]
        ptu.next(Answer.status(429, retry_after_ms=1))
        begun = await resource.result(**asked, input={"input": "Hi"})
        going_on = {"input": "And?", "previousResponseId": begun["body"]["id"]}
        known = await resource.result(**asked, input=going_on)
        ptu.next(Answer.status(503))
        made = await resource.result(**asked, input={"input": "Think", "background": True})

    assert ["payg"] * 3 == [one["output"]["deployment"] for one in (begun, known, made)]
    assert "completed" == made["body"]["status"]
    assert 0 == ptu.books.billed_calls


async def test_a_worker_that_did_not_see_it_begin_finds_it() -> None:
    """It asks one endpoint after the other, which costs nothing where the response is not."""
    asked = {"operation": "createResponse", "apiVersion": "v1"}
    async with pool(1, 2) as resource:
        resource.emulators["ptu"].next(Answer.status(503))
        begun = await resource.result(**asked, input={"input": "Hi"})
        other = Azure(AzureOptions(), observe=resource.events.append)  # as a second pod, with a memory of its own
        resource.connector = replace(resource.connector, service=other)
        found = await resource.result(**asked, input={"input": "And?", "previousResponseId": begun["body"]["id"]})
        await other.close()

    assert ("payg", 2) == (found["output"]["deployment"], found["output"]["attempts"])
    assert {"ptu": 0, "payg": 2} == resource.bills()


@pytest.mark.parametrize("wrong", ["payg-key", "another"])
async def test_a_refused_key_goes_on_and_shows_nowhere(wrong: str) -> None:
    """One region's key has run out: the other does the work, and no key is told."""
    async with pool(1, 2) as resource:
        resource.emulators["ptu"].keys = (wrong,)
        result = await resource.result()
        told = repr(resource.events) + json.dumps(result)

    assert "payg" == result["output"]["deployment"]
    assert "ptu-key" not in told
    assert "payg-key" not in told
