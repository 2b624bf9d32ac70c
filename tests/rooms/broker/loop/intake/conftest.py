"""What an intake works with, in a test's hands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway
from worker.broker import LoopOptions, Subscription, Timing
from worker.broker.gateway import Activated
from worker.broker.loop.contact import Contact
from worker.broker.loop.intake import Surroundings
from worker.broker.loop.permits import Permits
from worker.events import Event

Make = Callable[..., Surroundings]


class Now:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Taken(list[Activated]):
    """Jobs that were accepted, and those that were given back."""

    def __init__(self) -> None:
        super().__init__()
        self.back: list[Activated] = []


@pytest.fixture
def taken() -> Taken:
    """What came in."""
    return Taken()


@pytest.fixture
def now() -> Now:
    """The time, which stands."""
    return Now()


@pytest.fixture
def permits() -> Permits:
    """Ten, of which three are worth a poll."""
    return Permits(10)


@pytest.fixture
def make(fake: FakeGateway, permits: Permits, taken: Taken, now: Now, events: list[Event]) -> Make:
    """Surroundings with options of the test's choice, pauses of milliseconds and a clock that stands."""
    quick = LoopOptions(
        job_types=("a",),
        worker_name="w",
        backoff_first_s=0.001,
        backoff_most_s=0.002,
        poll_pause_first_s=30.0,
        poll_pause_most_s=30.0,
        lost_repeat_s=0.0,
    )

    def make(**changes: Any) -> Surroundings:
        timing = Timing(clock=now, chance=lambda: 0.0)
        return Surroundings(
            gateway=fake,
            wanted=Subscription(job_type="a", worker="w", lease_s=60),
            options=replace(quick, **changes),
            permits=permits,
            contact=Contact(address=fake.address, job_types=("a",), repeat_s=0, observe=events.append, clock=now),
            accept=taken.append,
            give_back=taken.back.append,
            observe=events.append,
            timing=timing,
        )

    return make
