import asyncio
from typing import Any

import pytest

from worker.timers import Timers


class Item:
    """Notes when its time was over, and discards *others* then."""

    def __init__(self, timers: Timers, after_s: float, *others: "Item", fails: bool = False) -> None:
        self.ends_s = asyncio.get_running_loop().time() + after_s
        self.others = others
        self.fails = fails
        self.ended_s: list[float] = []
        self.is_over = asyncio.Event()
        self._timers = timers
        timers.add(self)

    def expire(self) -> None:
        """See Timed."""
        self.ended_s.append(asyncio.get_running_loop().time())
        self.is_over.set()
        for other in self.others:
            self._timers.discard(other)
        if self.fails:
            raise ValueError("expected")


async def test_everything_expires_in_its_time() -> None:
    """Not early, whatever the order of adding, and once."""
    timers = Timers()
    items = [Item(timers, after_s) for after_s in (0.1, 0.0, 0.05, 0.1, -1.0)]
    await Item(timers, 0.2).is_over.wait()

    for item in items:
        [ended_s] = item.ended_s
        assert item.ends_s <= ended_s + 0.002


async def test_what_is_discarded_does_not_expire() -> None:
    """Also where what expires in the same moment discards it."""
    timers = Timers()
    discarded = Item(timers, 0.01)
    timers.discard(discarded)
    one = Item(timers, 0.03)
    other = Item(timers, 0.03, one)
    one.others = (other,)
    await Item(timers, 0.1).is_over.wait()

    assert not discarded.ended_s
    assert 1 == len(one.ended_s + other.ended_s)


async def test_one_that_fails_keeps_no_other_from_expiring() -> None:
    """Whoever comes after it has its time, too."""
    timers, loop = Timers(), asyncio.get_running_loop()
    told: list[object] = []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    Item(timers, 0.01, fails=True)
    await Item(timers, 0.05).is_over.wait()
    await Item(timers, 0.01).is_over.wait()

    assert ["expected"] == list(map(str, told))


async def test_one_timer_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand calls that end in time set a handful of timers."""
    timers, loop = Timers(), asyncio.get_running_loop()
    times: list[float] = []
    call_at = loop.call_at

    def counted(when_s: float, *given: Any, **more: Any) -> asyncio.TimerHandle:
        times.append(when_s)
        return call_at(when_s, *given, **more)

    monkeypatch.setattr(loop, "call_at", counted)
    for _ in range(1_000):
        timers.discard(Item(timers, 0.05))
        await asyncio.sleep(0)
    last = Item(timers, 0.2)
    await last.is_over.wait()

    assert 1 == len(last.ended_s)
    assert len(times) < 30
