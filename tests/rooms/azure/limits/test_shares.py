import asyncio

import pytest

from tests.rooms.azure.several import CHAT, several
from worker.connections import Limits
from worker.errors import Throttled
from worker.wire import Call


def held_to(**limits: int) -> Limits:
    return Limits.model_validate(limits)


async def test_calls_in_flight() -> None:
    """So many calls of a connection run at a time, whichever endpoints they go to; the next one goes when one ends."""
    house = several({"ptu": [None, None]}, limits=held_to(maxCallsInFlight=2))
    tasks = [asyncio.create_task(house.ask()) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running = len(house.sent)
    tasks[0].cancel()
    await asyncio.wait([tasks[2]], timeout=5)
    tasks[1].cancel()

    assert 2 == running
    assert 200 == tasks[2].result().status


@pytest.mark.parametrize(
    ("limits", "call"),
    [
        pytest.param(held_to(requestsPerMinute=1), CHAT, id="requests"),
        pytest.param(held_to(tokensPerMinute=100), Call(path="x", body=b'{"max_tokens": 100}'), id="tokens"),
    ],
)
async def test_budgets_per_minute(limits: Limits, call: Call) -> None:
    """What is used up is not sent: the job comes again when there is room, and costs no retry."""
    house = several({}, limits=limits)
    await house.ask(call)

    with pytest.raises(Throttled, match="is at its limit"):
        await house.ask(call, timeout_s=0.05)

    assert 1 == len(house.sent)


async def test_the_refusal_names_the_connection() -> None:
    """An operator sees whose limit it is."""
    house = several({}, limits=held_to(requestsPerMinute=1))
    await house.ask()

    with pytest.raises(Throttled, match="the connection 'main' is at its limit for about 62 s"):
        await house.ask(timeout_s=60)


async def test_connections_do_not_share() -> None:
    """Another connection has a limit of its own."""
    house = several({}, limits=held_to(requestsPerMinute=1))
    await house.ask()
    house.routes = house.routes._replace(name="other")

    assert 200 == (await house.ask()).status
