import asyncio

import pytest

from worker.broker.loop.contact import Contact
from worker.events import BrokerLost, BrokerReached, Event, WorkerReady


class Now:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Now:
    """The time."""
    return Now()


@pytest.fixture
def contact(now: Now, events: list[Event]) -> Contact:
    """Nothing is known yet."""
    return Contact(address="gw:1", job_types=("a",), repeat_s=3, observe=events.append, clock=now)


def test_the_first_answer_makes_the_worker_ready(contact: Contact, events: list[Event]) -> None:
    """Contact is told once, however many polls are answered."""
    assert not contact.is_up
    contact.reached()
    contact.reached()

    assert events == [BrokerReached(address="gw:1", away_s=0.0), WorkerReady(address="gw:1", job_types=("a",))]
    assert contact.is_up


def test_an_outage_is_told_every_few_seconds(contact: Contact, events: list[Event], now: Now) -> None:
    """A line every three seconds with the cause, not one for each try of each poller."""
    contact.reached()
    events.clear()
    for _ in range(100):
        contact.lost("connection refused", retry_in_s=1)
        now.s += 0.1

    assert events == [BrokerLost(address="gw:1", cause="connection refused", retry_in_s=1)] * 4
    assert not contact.is_up


def test_the_return_tells_how_long_it_took(contact: Contact, events: list[Event], now: Now) -> None:
    """The broker is back, and was away from its first unanswered poll on."""
    contact.reached()
    contact.lost("gone", retry_in_s=1)
    now.s += 7
    contact.lost("gone", retry_in_s=1)
    now.s += 1
    events.clear()
    contact.reached()

    assert events == [BrokerReached(address="gw:1", away_s=8)]


async def test_who_waits_for_the_return_is_woken_by_it(contact: Contact) -> None:
    """A stream that the old gateway did not know is tried again with the new one."""
    contact.reached()
    waiting = asyncio.create_task(contact.returned())
    await asyncio.sleep(0)
    contact.reached()
    await asyncio.sleep(0)
    assert not waiting.done()

    contact.lost("restart", retry_in_s=1)
    contact.reached()

    await waiting
