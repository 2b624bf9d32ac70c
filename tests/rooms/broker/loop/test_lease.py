import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from tests.rooms.broker.waiting import eventually
from worker.broker import GatewayUnavailable, JobGone, NotLeased, NotSupported, Timing
from worker.broker.loop.lease import Lease, LeaseKeeper
from worker.events import Event, LeaseExtended


class Time:
    """Passes when told to; who sleeps is woken then."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._passed = asyncio.Event()
        self.looks = 0

    async def sleep(self, _seconds: float) -> None:
        self.looks += 1
        await self._passed.wait()

    async def pass_to(self, now_s: float) -> None:
        """Let it be *now_s* and everybody look."""
        await eventually(lambda: self.looks)
        self.now_s, looks = now_s, self.looks
        passed, self._passed = self._passed, asyncio.Event()
        passed.set()
        await eventually(lambda: self.looks > looks)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def time() -> Time:
    """The time."""
    return Time()


@pytest.fixture
async def keeper(time: Time, fake: FakeGateway, events: list[Event]) -> AsyncIterator[LeaseKeeper]:
    """Keeps leases of 60 s."""
    keeper = LeaseKeeper(
        fake, lease_s=60, observe=events.append, timing=Timing(clock=lambda: time.now_s, sleep=time.sleep)
    )
    running = asyncio.create_task(keeper.run())
    yield keeper
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_lease_is_renewed_ahead_of_time(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """With a third of it left, not before; the new end is reckoned from when the command was sent."""
    lease = Lease(a_job(7, deadline_s=60))
    keeper.keep(lease)

    await time.pass_to(39)
    assert fake.count("extend") == 0

    await time.pass_to(41)
    assert fake.said == [("extend", 7, 60)]
    assert lease.ends_s == 101


async def test_what_is_renewed_is_told(time: Time, keeper: LeaseKeeper, events: list[Event]) -> None:
    """Whoever watches sees that a job takes longer than its lease."""
    job = a_job(deadline_s=60)
    keeper.keep(Lease(job))

    await time.pass_to(41)

    assert [LeaseExtended(job=job, lease_s=60)] == events


async def test_a_job_that_has_ended_is_not_renewed(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """What was released costs the broker nothing more."""
    lease = Lease(a_job(deadline_s=60))
    keeper.keep(lease)
    keeper.release(lease)
    keeper.release(lease)

    await time.pass_to(59)

    assert fake.said == []


async def test_an_unclear_failure_leaves_the_earlier_end(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """Whether the broker has prolonged is not known, so it is not counted on, and it is tried again."""
    fake.troubles["extend"].extend([GatewayUnavailable("no answer")] * 2)
    lease = Lease(a_job(deadline_s=60))
    keeper.keep(lease)

    await time.pass_to(45)
    await time.pass_to(48)
    assert (lease.ends_s, lease.lost) == (60, None)

    await time.pass_to(51)
    assert lease.ends_s == 111


async def test_a_job_that_is_gone_is_lost(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """Its worker is told once, with the cause, and nothing more is asked."""
    told = []
    lease = Lease(a_job(deadline_s=60), lambda: told.append("lost"))
    keeper.keep(lease)
    fake.troubles["extend"].append(JobGone("no such job"))

    await time.pass_to(50)
    await time.pass_to(55)

    assert (lease.lost, told, fake.count("extend")) == ("no such job", ["lost"], 1)


async def test_while_it_is_reported_gone_means_done(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """A report that the broker has heard, while its answer was lost, must not be broken off as a lost job."""
    lease = Lease(a_job(deadline_s=60))
    lease.is_reporting = True
    keeper.keep(lease)
    fake.troubles["extend"].append(JobGone("no such job"))

    await time.pass_to(50)

    assert lease.lost is None


async def test_a_lease_that_is_over_may_begin_again(time: Time, keeper: LeaseKeeper, fake: FakeGateway) -> None:
    """The broker holds the job for nobody: work goes on, renewals stop, until the job is handed to us again."""
    lease = Lease(a_job(deadline_s=60))
    keeper.keep(lease)
    fake.troubles["extend"].append(NotLeased("not active"))
    await time.pass_to(70)
    await time.pass_to(75)
    assert (lease.lost, keeper.is_over(lease), fake.count("extend")) == (None, True, 1)

    lease.begin_again(a_job(deadline_s=140))
    assert not keeper.is_over(lease)
    await time.pass_to(125)
    assert fake.count("extend") == 2


async def test_a_broker_without_the_command_is_not_asked_again(
    time: Time, keeper: LeaseKeeper, fake: FakeGateway
) -> None:
    """Before Zeebe 8.4 a lease has to do as it is."""
    lease = Lease(a_job(deadline_s=60))
    keeper.keep(lease)
    fake.troubles["extend"].append(NotSupported("unknown command"))

    await time.pass_to(50)
    await eventually(lambda: fake.count("extend"))

    assert (lease.lost, lease.ends_s) == (None, 60)
