import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from tests.lab import eventually
from tests.made import a_reply, a_target
from worker.azure import Limiter, LimitOptions, SharedLimits
from worker.azure.limits.shared import Booking, Drawn, StoreDown
from worker.errors import Throttled
from worker.events import Event, SharedLimitsFailed, SharedLimitsRecovered
from worker.wire import Behalf, Call

_CALL = Call(path="chat/completions", body=b"x" * 400)  # 100 tokens


@dataclass
class FakeStore:
    """Gives the turns in *waits_s*, one after the other; None is a store that is down. Keeps what was drawn."""

    waits_s: list[float | None]
    workers: int = 1
    drawn: list[tuple[Drawn, ...]] = field(default_factory=list)
    is_closed: bool = False

    async def book(self, _lane: str, drawn: tuple[Drawn, ...], *, most_s: float) -> Booking:
        assert most_s == 60.0
        self.drawn.append(drawn)
        wait_s = self.waits_s.pop(0)
        if wait_s is None:
            raise StoreDown("gone")
        return Booking(wait_s, self.workers)

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class Room:
    """A limiter on *store*, whose quotas are 600 requests and 60,000 tokens a minute."""

    store: FakeStore
    now_s: float = 0.0
    events: list[Event] = field(default_factory=list)
    rooms: list[int | None] = field(default_factory=list)
    began: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shared = SharedLimits(self.store, observe=self.events.append, clock=lambda: self.now_s)
        options = LimitOptions(requests_per_minute=600, tokens_per_minute=60_000, shared=shared)
        self.limiter = Limiter(options, clock=lambda: self.now_s)
        self.limiter.when_room_changes = self.rooms.append

    async def call(self, name: str, *, deployment: str = "d") -> None:
        target = replace(a_target(), deployment=deployment)
        turn = self.limiter.turn(target, _CALL, by=Behalf(""), ends_s=1e9)
        _ = turn.comes_at_once() or await turn.wait()
        with turn:
            self.began.append(name)
            turn.outcome = a_reply(200, "")

    async def calls(self, names: Sequence[str]) -> None:
        await asyncio.gather(*(self.call(name) for name in names))


async def test_a_call_goes_when_its_turn_is_booked() -> None:
    """What is drawn is the call's part of each budget; the turn is the store's."""
    room = Room(FakeStore([0.0]))

    await room.call("first")

    [(requests, tokens)] = room.store.drawn
    assert ("requests", "tokens", 6.0) == (requests.what, tokens.what, tokens.ahead_s)
    assert pytest.approx(0.1, rel=0.05) == requests.takes_s
    assert pytest.approx(0.1, rel=0.05) == tokens.takes_s
    assert ["first"] == room.began


async def test_one_turn_is_booked_at_a_time() -> None:
    """The second of two that wait is booked when the first has gone, so that workers take turns."""
    room = Room(FakeStore([0.001, 0.001]))

    waiting = asyncio.ensure_future(room.calls(["first", "second"]))
    await eventually(lambda: room.store.drawn, what="a booking")
    booked = len(room.store.drawn)
    room.now_s = 1.0
    await eventually(lambda: len(room.store.drawn) == 2, what="the second booking")
    room.now_s = 2.0
    await waiting

    assert (1, ["first", "second"]) == (booked, room.began)


async def test_a_turn_too_far_away_is_not_waited_for() -> None:
    """The job goes back to the broker, for as long as the turn is away."""
    room = Room(FakeStore([90.0]))

    with pytest.raises(Throttled) as refused:
        await room.call("first")

    assert refused.value.retry_after_s == 90.0


async def test_a_store_that_is_down_stops_no_call() -> None:
    """Calls go on within this worker's part, the store is asked again after seconds, and both are told once."""
    room = Room(FakeStore([0.0, None, None, 0.0], workers=2))

    await room.call("together")
    await room.call("alone")
    room.now_s = 5.0
    await room.call("still alone")
    room.now_s = 10.0
    await room.call("together again")

    assert ["together", "alone", "still alone", "together again"] == room.began
    assert [SharedLimitsFailed(cause="gone"), SharedLimitsRecovered()] == room.events


async def test_alone_a_worker_keeps_to_its_part() -> None:
    """With two workers half of the requests are left to each, so the next one waits twice as long."""
    room = Room(FakeStore([0.0, None], workers=2))

    await room.call("together")
    await room.call("alone")
    waiting = asyncio.ensure_future(room.call("in 0.2 s"))
    await asyncio.sleep(0)
    room.now_s = 0.05  # enough for one worker on its own
    await asyncio.wait([waiting], timeout=0.15)
    early = list(room.began)
    room.now_s = 0.25
    await waiting

    assert ["together", "alone"] == early


async def test_it_is_left_in_good_order() -> None:
    """What is being booked is broken off and the store is closed; whoever waits there is the caller's to end."""
    room = Room(FakeStore([0.0]))

    await room.call("first")
    await room.limiter.close()

    assert room.store.is_closed
