import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from tests.rooms.broker.waiting import eventually, quiet
from worker.broker import GatewayBusy, GatewayError, GatewayUnavailable, NotPermitted, Refused
from worker.broker.gateway import Activated
from worker.broker.loop.intake import Poller, Streamer, Surroundings
from worker.broker.loop.permits import Permits
from worker.events import BrokerLost, BrokerReached, Event

Make = Callable[..., Surroundings]


@asynccontextmanager
async def running(poller: Poller) -> AsyncIterator[asyncio.Task[None]]:
    """The poller polls, and has ended afterwards."""
    task = asyncio.create_task(poller.run())
    yield task
    poller.stop()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_waits_is_taken_in_batches(
    make: Make, fake: FakeGateway, taken: list[Activated], permits: Permits
) -> None:
    """As many as there are permits, at once; permits that brought no job are given back."""
    fake.waiting = [a_job(key) for key in range(7)]
    around = make(batch=4)
    async with running(Poller(around, Streamer(around))):
        await eventually(lambda: len(fake.polls) == 3)

        assert fake.polls == [(4, 0.0), (4, 0.0), (3, 0.0)]
        assert (len(taken), permits.free) == (7, 3)


async def test_a_freed_permit_wakes_the_poller(
    make: Make, fake: FakeGateway, taken: list[Activated], permits: Permits
) -> None:
    """Nothing is asked for without a permit, and the question follows the permits without a pause."""
    fake.waiting = [a_job(key) for key in range(13)]
    permits.take(10)
    around = make()
    async with running(Poller(around, Streamer(around))):
        await quiet()
        assert fake.polls == []

        permits.give_back(4)
        await eventually(lambda: len(taken) == 4, within_s=0.5)
        assert fake.polls[0] == (4, 0.0)


async def test_few_permits_are_worth_a_poll_after_a_while(make: Make, fake: FakeGateway, permits: Permits) -> None:
    """When no more come free, one is enough: jobs that take hours must not keep a free permit idle."""
    permits.take(9)
    around = make()
    async with running(Poller(around, Streamer(around))):
        await eventually(lambda: fake.polls, within_s=3)

        assert fake.polls == [(1, 0.0)]


async def test_without_a_stream_the_gateway_holds_the_question(make: Make, fake: FakeGateway) -> None:
    """One call in 30 s, not one after the other."""
    async with running(Poller(make(), None)):
        await eventually(lambda: fake.polls)
        await quiet()

        assert fake.polls == [(10, 30.0)]


async def test_types_share_the_permits_of_held_questions(make: Make, fake: FakeGateway, permits: Permits) -> None:
    """A question that the gateway holds for one type leaves permits for the others."""
    async with running(Poller(make(job_types=("a", "b")), None)):
        await eventually(lambda: fake.polls)

        assert fake.polls == [(5, 30.0)]
        assert permits.free == 5


async def test_a_gateway_that_does_no_long_polls_is_not_flooded(make: Make, fake: FakeGateway) -> None:
    """An empty answer that comes at once is followed by a pause."""
    async with running(Poller(make(long_poll_s=0), None)):
        await eventually(lambda: fake.polls)
        await quiet()

        assert len(fake.polls) == 1


@pytest.mark.parametrize(
    "trouble", [GatewayUnavailable("away"), GatewayBusy("busy"), NotPermitted("who?"), Refused("tenants are off")]
)
async def test_no_error_is_the_end(
    make: Make, fake: FakeGateway, taken: list[Activated], permits: Permits, events: list[Event], trouble: GatewayError
) -> None:
    """Whatever a poll meets, any number of times, it is told and tried again, and no permit is lost by it."""
    fake.troubles["activate"].extend([trouble] * 30)
    fake.waiting = [a_job()]
    around = make()
    async with running(Poller(around, Streamer(around))):
        await eventually(lambda: taken)

        assert sum(isinstance(event, BrokerLost) and event.cause == str(trouble) for event in events) == 30
        assert any(isinstance(event, BrokerReached) for event in events)
        assert permits.free == 9


async def test_the_loss_is_noticed_while_all_permits_are_out(
    make: Make, fake: FakeGateway, permits: Permits, events: list[Event]
) -> None:
    """With long calls running nobody polls; the broker's absence is told all the same, and its return."""
    permits.take(10)
    fake.troubles["topology"].append(GatewayUnavailable("away"))
    around = make(probe_s=0.01)
    async with running(Poller(around, Streamer(around))):
        await eventually(lambda: any(isinstance(event, BrokerReached) for event in events))

        assert isinstance(events[0], BrokerLost)
        assert fake.polls == []


async def test_a_held_question_is_broken_off_by_stop(make: Make, fake: FakeGateway, permits: Permits) -> None:
    """A drain does not wait for a long poll, and its permits come back."""
    poller = Poller(make(), None)
    async with running(poller) as task:
        await eventually(lambda: fake.polls)

        poller.stop()
        await asyncio.wait([task], timeout=1)

        assert task.done()
        assert permits.free == 10


async def test_jobs_of_a_question_that_is_on_its_way_are_kept(
    make: Make, fake: FakeGateway, taken: list[Activated], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that is answered at once is waited for: its jobs are leased to us."""
    may_answer = asyncio.Event()

    async def slow(*_: object, **__: object) -> list[Activated]:
        fake.polls.append((0, 0.0))
        await may_answer.wait()
        return [a_job()]

    monkeypatch.setattr(fake, "activate", slow)
    around = make()
    poller = Poller(around, Streamer(around))
    async with running(poller) as task:
        await eventually(lambda: fake.polls)
        poller.stop()
        may_answer.set()
        await asyncio.wait([task], timeout=1)

        assert (task.done(), len(taken), len(fake.polls)) == (True, 1, 1)
