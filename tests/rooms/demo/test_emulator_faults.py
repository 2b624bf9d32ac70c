"""Faults to order."""

import aiohttp
import pytest

from tests.rooms.demo.conftest import Caller
from worker.demo.emulator import Answer, Rule
from worker.demo.emulator.script import Ending


async def test_busy_then_normal(caller: Caller) -> None:
    """A queue of answers is used up in its order, then answers are normal again."""
    caller.azure.next(Answer.status(429, retry_after_s=1, retry_after_ms=0), Answer.status(500), Answer.html(502))
    seen = [await caller.chat() for _ in range(4)]

    assert [429, 500, 502, 200] == [each.status for each in seen] == caller.azure.books.statuses
    assert ("1", "0") == (seen[0].headers["retry-after"], seen[0].headers["retry-after-ms"])
    assert "retry after 1 seconds" in seen[0].error["message"]
    assert "text/html; charset=utf-8" == seen[2].headers["content-type"]


@pytest.mark.parametrize(("ending", "billed"), [("reset", 0), ("lost", 1), ("truncated", 1)])
async def test_broken_connections(caller: Caller, ending: Ending, billed: int) -> None:
    """A broken exchange costs something exactly when the model had worked."""
    caller.azure.next(Answer.broken(ending))

    with pytest.raises(aiohttp.ClientError):
        await caller.chat()

    assert (billed, 0) == (caller.azure.books.billed_calls, caller.azure.books.in_flight)


async def test_never_answers(caller: Caller) -> None:
    """A caller that gives up on a silent service is no longer in flight, and the service can still be stopped."""
    caller.azure.next(Answer.broken("hang"), Answer.broken("hang"))
    soon = aiohttp.ClientTimeout(total=0.05)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await caller.session.post(caller.azure.url, timeout=soon)

    assert [None, None] == caller.azure.books.statuses


async def test_rules_pick_their_calls(caller: Caller) -> None:
    """A rule serves only the calls that it describes."""
    caller.azure.script(
        Rule(answer=Answer.status(503), contains="unlucky", times=2),
        Rule(answer=Answer.says("mini"), deployment="gpt-4.1-mini", times=None),
    )
    said = [await caller.chat(), await caller.chat("unlucky"), await caller.chat(deployment="gpt-4.1-mini")]

    assert [200, 503, 200] == [each.status for each in said]
    assert "mini" == said[2].json["choices"][0]["message"]["content"]


async def test_reset_makes_a_new_start(caller: Caller) -> None:
    """After a reset nothing is scripted and nothing has been seen."""
    caller.azure.always(Answer.status(500))
    await caller.chat()
    caller.azure.reset()

    assert 0 == caller.azure.books.calls
    assert 200 == (await caller.chat()).status


async def test_same_address_after_a_restart(caller: Caller) -> None:
    """An outage: nobody listens between stop and start, and the address stays the same."""
    url = caller.azure.url
    await caller.azure.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.chat()
    await caller.azure.start()

    assert url == caller.azure.url
    assert 200 == (await caller.chat()).status


def test_a_rule_read_from_json() -> None:
    """A rule may arrive as JSON."""
    read = Rule.from_json({"answer": {"status_code": 429, "headers": {"retry-after": "1"}}, "times": 3})

    assert Rule(answer=Answer.status(429, retry_after_s=1), times=3) == read


def test_a_rule_without_an_answer() -> None:
    """A rule without an answer is a mistake of the test's."""
    with pytest.raises(TypeError, match="a mapping"):
        Rule.from_json({"times": 3})
