import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from tests.lab import eventually
from tests.made import a_reply, a_target
from worker.azure import Limiter, LimitOptions
from worker.errors import Throttled
from worker.events import DeploymentState
from worker.wire import Behalf, Call, Reply

_CALL = Call(path="chat/completions")
_BUSY = a_reply(429, "", retry_after="10")


@dataclass
class Service:
    """Calls in their turn; each goes on until it is answered."""

    limiter: Limiter
    under_way: list[tuple[str, "asyncio.Future[Reply]"]] = field(default_factory=list)
    began: list[str] = field(default_factory=list)

    async def call(self, name: str, *, owner: str = "", deployment: str = "d", left_s: float = 1e9) -> None:
        target = replace(a_target(), deployment=deployment)
        turn = self.limiter.turn(target, _CALL, by=Behalf(owner), ends_s=clock.now_s + left_s)
        _ = turn.comes_at_once() or await turn.wait()
        with turn:
            self.began.append(name)
            answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
            self.under_way.append((name, answer))
            turn.outcome = await answer

    def answer(self, reply: Reply, count: int = 1) -> None:
        for _, answer in self.under_way[:count]:
            answer.set_result(reply)
        del self.under_way[:count]


@dataclass
class Clock:
    """Seconds, moved by the test."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


clock = Clock()


def a_service(**options: Any) -> tuple[Service, list[int | None]]:
    clock.now_s = 0.0
    limiter, rooms = Limiter(LimitOptions(**{"max_calls": 8, **options}), clock=clock), list[int | None]()
    limiter.when_room_changes = rooms.append
    return Service(limiter), rooms


async def begun(*calls: Coroutine[Any, Any, None]) -> list["asyncio.Task[None]"]:
    """The calls, begun as far as they get."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    await settled()
    return tasks


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def end(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_nothing_limits_a_service_that_never_refused() -> None:
    """Calls go at once, as many as there may be jobs."""
    service, rooms = a_service()
    tasks = await begun(*(service.call(str(n)) for n in range(8)))

    assert 8 == len(service.under_way)
    assert [] == rooms
    await end(tasks)


async def test_permits_shrink_once_for_calls_that_ran_together_and_grow_back() -> None:
    """Eight refused at once leave four permits; after four successes there are about five."""
    service, _ = a_service()
    tasks = await begun(*(service.call(str(n)) for n in range(8)))
    service.answer(a_reply(429, "", retry_after_ms="1"), 8)
    await settled()
    clock.now_s = 1.0
    tasks += await begun(*(service.call(str(n)) for n in range(8)))
    first = len(service.under_way)
    service.answer(a_reply(), 4)
    await settled()

    assert 4 == first
    assert 4 == len(service.under_way)
    service.answer(a_reply(), 1)
    await settled()
    tasks += await begun(*(service.call(str(n)) for n in range(8)))
    assert 5 == len(service.under_way)
    await end(tasks)


async def test_how_a_deployment_stands() -> None:
    """Two of four that were refused leave two permits; two more wait; the service is closed for as long as it said."""
    service, _ = a_service(max_calls=4)
    tasks = await begun(*(service.call(str(n)) for n in range(4)))
    service.answer(_BUSY, 2)
    await settled()
    tasks += await begun(service.call("late"), service.call("later"))

    assert [
        DeploymentState(
            deployment="d", host="my-res.openai.azure.com", under_way=2, waiting=2, permits=2, closed_for_s=10
        )
    ] == service.limiter.states()
    await end(tasks)


async def test_a_refused_deployment_is_left_alone() -> None:
    """Until the service's own delay is over no call goes, and no job is worth taking; others' deployments go on."""
    service, rooms = a_service()
    tasks = await begun(service.call("refused"))
    service.answer(_BUSY)
    await settled()
    tasks += await begun(service.call("later"))

    assert ["refused"] == service.began
    assert [0] == rooms
    tasks += await begun(service.call("other", deployment="e"))
    assert ["refused", "other"] == service.began
    assert rooms[-1] is None
    await end(tasks)


@pytest.mark.may_block("the timer is real")
async def test_the_deployment_is_asked_again_when_the_delay_is_over() -> None:
    """Who waits goes as soon as the service may be asked again."""
    service, rooms = a_service()
    tasks = await begun(service.call("refused"))
    service.answer(a_reply(429, "", retry_after_ms="20"))
    await settled()
    tasks += await begun(service.call("later"))
    clock.now_s = 0.02
    await eventually(lambda: "later" in service.began, what="the call to go")

    assert rooms[0] == 0
    assert rooms[-1] != 0
    await end(tasks)


@pytest.mark.parametrize(
    ("options", "left_s"),
    [
        pytest.param({"max_wait_s": 5.0}, 1e9, id="longer than anybody waits"),
        pytest.param({}, 9.0, id="longer than the call has"),
    ],
)
async def test_a_wait_that_is_too_long_is_not_begun(options: dict[str, float], left_s: float) -> None:
    """The job goes back to the broker instead, for as long as the service asked."""
    service, _ = a_service(**options)
    tasks = await begun(service.call("refused"))
    service.answer(_BUSY)
    await settled()

    with pytest.raises(Throttled) as turned_away:
        await service.call("later", left_s=left_s)

    assert 10 == turned_away.value.retry_after_s
    await end(tasks)


async def test_who_waits_already_is_turned_away_too() -> None:
    """A delay that nobody waits for ends the waits that have begun."""
    service, _ = a_service(max_calls=1, max_wait_s=5.0)
    tasks = await begun(service.call("refused"), service.call("waiting"))
    service.answer(_BUSY)
    await settled()

    assert isinstance(tasks[1].exception(), Throttled)
    await end(tasks)


async def test_owners_take_turns() -> None:
    """A hundred calls of one process definition do not hold up the one of another."""
    service, _ = a_service(max_calls=1)
    many = [service.call(f"a{n}", owner="a") for n in range(4)]
    tasks = await begun(*many, service.call("b", owner="b"))
    for _ in range(4):
        service.answer(a_reply())
        await settled()

    assert ["a0", "a1", "b", "a2", "a3"] == service.began
    await end(tasks)


async def test_one_deployment_does_not_fill_the_worker() -> None:
    """Where others are in use, only half of the jobs may wait for one; the rest goes back to the broker."""
    service, _ = a_service(max_calls=4)
    tasks = await begun(service.call("other", deployment="e"), *(service.call(str(n)) for n in range(6)))

    with pytest.raises(Throttled):
        await service.call("one too many")
    await end(tasks)


async def test_the_operators_quota_holds_from_the_start() -> None:
    """The second call of a deployment with one request a second waits, and little room is left for jobs."""
    service, rooms = a_service(requests_per_minute=60)
    tasks = await begun(service.call("1"), service.call("2"))

    assert ["1"] == service.began
    assert 3 == rooms[-1]
    await end(tasks)


async def test_a_stated_quota_is_used_from_the_first_refusal_on() -> None:
    """What the service states holds once it has refused a call, not before."""
    service, _ = a_service()
    quota: dict[str, Any] = {"x_ratelimit_limit_requests": "60"}
    tasks = await begun(service.call("1"), service.call("2"), service.call("3"))
    service.answer(a_reply(**quota))
    service.answer(a_reply(429, "", retry_after_ms="1", **quota), 2)
    await settled()
    clock.now_s = 1.0
    tasks += await begun(service.call("4"), service.call("5"))

    assert ["1", "2", "3", "4"] == service.began
    await end(tasks)


async def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    """The place of a call that was given up goes to the next one."""
    service, _ = a_service(max_calls=1)
    tasks = await begun(service.call("1"), service.call("2"), service.call("3"))
    tasks[1].cancel()
    service.answer(a_reply())
    await settled()

    assert ["1", "3"] == service.began
    await end(tasks)
