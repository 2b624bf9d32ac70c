import asyncio
from dataclasses import dataclass, field

import pytest

from worker.history.databases import Careful, Refused, Row, Statement, StoreError

_ASK = Statement("SELECT 1")


class Clock:
    """The monotonic clock, moved by the test."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Scripted:
    """Fails as it is told; counts how often it is asked."""

    failure: Exception | None = None
    asked: int = 0
    hangs: asyncio.Event | None = None
    closed: list[bool] = field(default_factory=list)

    async def run(self, *_: Statement) -> list[Row]:
        self.asked += 1
        if self.hangs:
            await self.hangs.wait()
        if self.failure:
            raise self.failure
        return [(1,)]

    async def close(self) -> None:
        self.closed.append(True)


async def fails(database: Careful) -> str:
    with pytest.raises(StoreError) as caught:
        await database.run(_ASK)
    return str(caught.value)


async def test_it_rests_after_a_failure() -> None:
    """One, two, four seconds, thirty at most; while it rests nothing is asked, and the cause is told at once."""
    inner, clock = Scripted(StoreError("gone")), Clock()
    database = Careful(inner, within_s=3.0, clock=clock)
    asked = []
    for rest_s in (1, 2, 4, 8, 16, 30, 30):
        assert await fails(database) == "gone"
        clock.now_s += rest_s - 0.01
        assert await fails(database) == "gone"
        asked.append(inner.asked)
        clock.now_s += 0.02

    assert [1, 2, 3, 4, 5, 6, 7] == asked


async def test_it_works_again() -> None:
    """After the rest the first success is the end of it, and the next failure rests a second again."""
    inner, clock = Scripted(StoreError("gone")), Clock()
    database = Careful(inner, within_s=3.0, clock=clock)
    for _ in range(3):
        await fails(database)
        clock.now_s += 31
    inner.failure = None
    works = [await database.run(_ASK) for _ in range(2)]
    inner.failure = StoreError("gone again")
    await fails(database)
    clock.now_s += 1.01
    inner.failure = None

    assert [[(1,)]] * 2 == works
    assert [(1,)] == await database.run(_ASK)


async def test_one_that_hangs() -> None:
    """A database that does not answer counts as out of order, and of those who ask only the first waits."""
    inner, clock = Scripted(hangs=asyncio.Event()), Clock()
    database = Careful(inner, within_s=0.01, clock=clock)
    await fails(database)
    clock.now_s += 2
    waiting = asyncio.create_task(fails(database))
    await asyncio.sleep(0)
    others = [await fails(database) for _ in range(3)]

    assert ["no answer within 0.01 s"] * 4 == [*others, await waiting]
    assert 2 == inner.asked


async def test_one_that_does_not_even_hear_of_it() -> None:
    """A driver that waits for its server, though it is told to stop, keeps nobody waiting."""
    deaf = asyncio.Event()

    class Deaf(Scripted):
        async def run(self, *_: Statement) -> list[Row]:
            try:
                await asyncio.Event().wait()
            finally:
                await deaf.wait()
            return []

    assert await fails(Careful(Deaf(), within_s=0.01, clock=Clock())) == "no answer within 0.01 s"
    deaf.set()


async def test_a_refused_value_is_no_failure() -> None:
    """The database works: the next one asks it at once."""
    inner = Scripted(Refused("too large"))
    database = Careful(inner, within_s=3.0, clock=Clock())
    for _ in range(2):
        with pytest.raises(Refused):
            await database.run(_ASK)

    assert 2 == inner.asked


async def test_many_that_fail_at_the_same_time() -> None:
    """A hundred jobs that meet the same outage make one rest, of a second."""
    inner, clock = Scripted(StoreError("gone"), hangs=asyncio.Event()), Clock()
    database = Careful(inner, within_s=60.0, clock=clock)
    assert inner.hangs is not None
    all_fail = asyncio.gather(*(fails(database) for _ in range(100)))
    await asyncio.sleep(0)
    inner.hangs.set()
    await all_fail
    inner.failure = None
    clock.now_s += 1.01

    assert [(1,)] == await database.run(_ASK)
