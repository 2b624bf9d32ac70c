import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from tests.rooms.broker.waiting import eventually
from worker.broker import FlawedJob, GatewayUnavailable, JobGone, LoopOptions, Timing
from worker.broker.loop.at_work import JobsAtWork
from worker.broker.loop.lease import LeaseKeeper
from worker.broker.loop.permits import Permits
from worker.broker.loop.report import Reporter
from worker.events import Event, JobHandedBack, LeaseLost
from worker.job import Job
from worker.outcome import Complete, Fail, Outcome


class Desk:
    """Handles jobs when told what with, and says which it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.cancelled: list[int] = []
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def handle(self, job: Job) -> Outcome:
        self.given.append(job.key)
        try:
            return await asyncio.shield(self.answer)
        except asyncio.CancelledError:
            self.cancelled.append(job.key)
            raise


@pytest.fixture
async def desk() -> Desk:
    """Whoever does the work."""
    return Desk()


@pytest.fixture
def permits() -> Permits:
    """Three, of which each test takes what it needs."""
    return Permits(3)


@pytest.fixture
async def jobs(desk: Desk, permits: Permits, fake: FakeGateway, events: list[Event]) -> AsyncIterator[JobsAtWork]:
    """Nothing is at work yet; the clock stands at 0."""
    timing = Timing(clock=lambda: 0.0, sleep=lambda _: asyncio.sleep(0), chance=lambda: 0.0)
    options = LoopOptions(job_types=("a",), worker_name="w")
    keeper = LeaseKeeper(fake, lease_s=60, timing=timing)
    reporter = Reporter(fake, options=options, observe=events.append, timing=timing)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(keeper.run())
        jobs = JobsAtWork(desk.handle, permits=permits, keeper=keeper, reporter=reporter)
        yield jobs
        keeping.cancel()
        await jobs.break_off()


Accept = Callable[..., None]


@pytest.fixture
def accept(jobs: JobsAtWork, permits: Permits) -> Accept:
    """Accept a job the way the intake does: with a permit."""

    def accept(job: Job | FlawedJob) -> None:
        assert permits.take() == 1
        jobs.accept(job)

    return accept


async def test_a_job_is_done_and_reported(
    jobs: JobsAtWork, accept: Accept, desk: Desk, fake: FakeGateway, permits: Permits
) -> None:
    """The permit is held until the broker has heard the outcome."""
    fake.troubles["complete"].append(GatewayUnavailable("away"))
    accept(a_job(7))
    await eventually(lambda: desk.given)
    assert (permits.free, len(jobs)) == (2, 1)

    desk.answer.set_result(Complete())
    await eventually(lambda: not len(jobs))

    assert fake.count("complete") == 2
    assert permits.free == 3


async def test_a_job_whose_lease_is_over_is_not_begun(
    jobs: JobsAtWork, accept: Accept, desk: Desk, permits: Permits, events: list[Event]
) -> None:
    """A job that lay in a buffer until somebody else may have it costs no call."""
    accept(a_job(deadline_s=0))
    await eventually(lambda: not len(jobs))

    assert (desk.given, permits.free) == ([], 3)
    assert [type(event) for event in events] == [LeaseLost]


async def test_a_job_that_cannot_be_read_becomes_an_incident(
    jobs: JobsAtWork, accept: Accept, desk: Desk, fake: FakeGateway
) -> None:
    """The broker hears what is wrong with it, and that trying again is no use."""
    accept(FlawedJob(job=a_job(7), flaw="the headers are wrong"))
    await eventually(lambda: not len(jobs))

    assert fake.said == [("fail", 7, 0, "the headers are wrong", 0, b"{}")]
    assert desk.given == []


async def test_the_same_job_again_is_not_begun_again(
    jobs: JobsAtWork, accept: Accept, desk: Desk, fake: FakeGateway, permits: Permits
) -> None:
    """A job that is handed out again while we work on it goes on: its call is paid for once, under the new lease."""
    accept(a_job(7, deadline_s=1))
    await eventually(lambda: desk.given)
    accept(a_job(7, deadline_s=60))
    assert permits.free == 2

    desk.answer.set_result(Complete())
    await eventually(lambda: not len(jobs))

    assert (desk.given, fake.count("complete"), permits.free) == ([7], 1, 3)


async def test_a_retry_that_comes_before_its_failure_is_acknowledged_is_done(
    jobs: JobsAtWork, accept: Accept, desk: Desk, fake: FakeGateway, permits: Permits
) -> None:
    """The broker pushes the next attempt while our FailJob is still being answered: it is neither lost nor failed."""
    desk.answer.set_result(Fail(retries=2, message="no"))
    fake.troubles["fail"].extend([GatewayUnavailable("no answer")] * 1000)
    accept(a_job(7))
    await eventually(lambda: fake.count("fail"))
    desk.answer = asyncio.get_running_loop().create_future()

    accept(a_job(7, retries=2))
    await eventually(lambda: desk.given == [7, 7])
    desk.answer.set_result(Complete())
    await eventually(lambda: not len(jobs))

    assert (fake.count("complete"), permits.free) == (1, 3)


async def test_a_lost_job_is_broken_off(
    jobs: JobsAtWork, accept: Accept, desk: Desk, fake: FakeGateway, permits: Permits, events: list[Event]
) -> None:
    """A job that the broker does not know any more stops costing, and nothing is reported."""
    fake.troubles["extend"].append(JobGone("no such job"))
    accept(a_job(7, deadline_s=20))
    await eventually(lambda: not len(jobs))

    assert (desk.cancelled, permits.free) == ([7], 3)
    assert events == [LeaseLost(job=a_job(7, deadline_s=20), cause="no such job")]
    assert fake.count("complete") + fake.count("fail") == 0


async def test_when_closed_jobs_are_given_back(
    jobs: JobsAtWork, accept: Accept, desk: Desk, permits: Permits, events: list[Event]
) -> None:
    """A job that comes when nothing is begun any more goes to somebody else."""
    jobs.close()
    accept(a_job(7))
    await eventually(lambda: events)

    assert events == [JobHandedBack(job=a_job(7))]
    assert (desk.given, permits.free) == ([], 3)


async def test_the_rest_is_given_back(
    jobs: JobsAtWork, accept: Accept, desk: Desk, permits: Permits, events: list[Event]
) -> None:
    """What does not finish in time is broken off and handed back, also what has not had its first step yet."""
    accept(a_job(1))
    await eventually(lambda: desk.given)
    accept(a_job(2))

    await jobs.give_back_rest(within_s=5)

    assert events == [JobHandedBack(job=a_job(1)), JobHandedBack(job=a_job(2))]
    assert (desk.given, desk.cancelled, permits.free) == ([1], [1], 3)


async def test_settling_waits_for_the_last_job(jobs: JobsAtWork, accept: Accept, desk: Desk) -> None:
    """A drain is over as soon as everything is done, and not later than it was allowed to."""
    accept(a_job(1))
    await jobs.settle(within_s=0.01)
    assert len(jobs) == 1

    settling = asyncio.create_task(jobs.settle(within_s=60))
    desk.answer.set_result(Complete())
    await settling

    assert len(jobs) == 0


async def test_bugs_in_the_work_itself_are_told(
    desk: Desk, fake: FakeGateway, permits: Permits, events: list[Event]
) -> None:
    """They are no jobs' failures, and nobody may go on as if nothing had been; permits come back all the same."""

    def lease_of(_job: Job) -> float:
        raise ZeroDivisionError

    timing, options = Timing(clock=lambda: 0.0), LoopOptions(job_types=("a",), worker_name="w")
    keeper = LeaseKeeper(fake, lease_s=60, lease_of=lease_of, timing=timing)
    reporter = Reporter(fake, options=options, observe=events.append, timing=timing)
    jobs = JobsAtWork(desk.handle, permits=permits, keeper=keeper, reporter=reporter)
    told: list[int] = []
    jobs.when_broken = lambda: told.append(len(jobs.bugs))
    for key in (7, 8):
        permits.take()
        jobs.accept(a_job(key))
    await jobs.settle(within_s=5)

    assert [ZeroDivisionError, ZeroDivisionError] == [type(bug) for bug in jobs.bugs]
    assert ([1, 2], 3, 0) == (told, permits.free, len(jobs))
