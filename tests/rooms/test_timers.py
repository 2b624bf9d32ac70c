import asyncio
from typing import Any

import pytest

from worker.timers import Timed, Timers


class Item:
    """Notes when its time was over, and takes *others* out of their sets then."""

    def __init__(self, *others: "Item") -> None:
        self.others = others
        self.ended_s: list[float] = []
        self.running: set[Timed] = set()
        self.is_over = asyncio.Event()

    def start(self, timers: Timers, after_s: float) -> "Item":
        """Let the time begin."""
        self.running = timers.start(self, after_s=after_s)
        return self

    def expire(self) -> None:
        """See Timed."""
        self.ended_s.append(asyncio.get_running_loop().time())
        self.is_over.set()
        for other in (self, *self.others):
            other.running.discard(other)


async def test_everything_expires_in_its_time() -> None:
    """Never early, whatever the order of starting, and once."""
    timers, loop = Timers(), asyncio.get_running_loop()
    wanted = [0.1, 0.0, 0.05, 0.1, -1.0]
    began_s = loop.time()
    items = [Item().start(timers, after_s) for after_s in wanted]
    await Item().start(timers, 0.2).is_over.wait()

    for after_s, item in zip(wanted, items, strict=True):
        [ended_s] = item.ended_s
        assert after_s <= ended_s - began_s


async def test_what_is_discarded_does_not_expire() -> None:
    """Also where what expires before it discards it."""
    timers = Timers()
    discarded = Item().start(timers, 0.01)
    discarded.running.discard(discarded)
    twin = Item().start(timers, 0.05)
    Item(twin).start(timers, 0.01)
    await Item().start(timers, 0.1).is_over.wait()

    assert [] == discarded.ended_s == twin.ended_s


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
        item = Item().start(timers, 0.05)
        item.running.discard(item)
        await asyncio.sleep(0)
    last = Item().start(timers, 0.2)
    await last.is_over.wait()

    assert 1 == len(last.ended_s)
    assert len(times) < 20


async def test_stopped() -> None:
    """Nothing happens any more."""
    timers = Timers()
    item = Item().start(timers, 0.01)
    timers.stop()
    await Item().start(Timers(), 0.1).is_over.wait()

    assert [] == item.ended_s
