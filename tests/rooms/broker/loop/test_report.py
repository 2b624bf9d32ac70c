import pytest

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from worker.broker import (
    GatewayBusy,
    GatewayError,
    GatewayUnavailable,
    JobGone,
    LoopOptions,
    NotPermitted,
    Refused,
    Timing,
    TooLarge,
)
from worker.broker.loop.lease import Lease
from worker.broker.loop.report import Reporter
from worker.events import Event, JobHandedBack, JobReported, LeaseLost, ReportRepeated
from worker.outcome import Complete, Fail, Outcome, Throw

DONE = Complete(variables=b'{"a":1}')


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def reporter(fake: FakeGateway, events: list[Event]) -> Reporter:
    """Reports in a time of its own."""
    time = Time()
    timing = Timing(clock=time.clock, sleep=time.sleep, chance=lambda: 0.0)
    return Reporter(fake, options=LoopOptions(job_types=("a",), worker_name="w"), observe=events.append, timing=timing)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        pytest.param(DONE, ("complete", 1, b'{"a":1}'), id="complete"),
        pytest.param(Fail(retries=2, message="no", backoff_s=3), ("fail", 1, 2, "no", 3, b"{}"), id="fail"),
        pytest.param(Throw(error_code="E", message="oh"), ("throw", 1, "E", "oh", b"{}"), id="throw"),
    ],
)
async def test_every_outcome_has_its_command(
    reporter: Reporter, fake: FakeGateway, outcome: Outcome, said: tuple[object, ...]
) -> None:
    """What was decided is what the broker hears."""
    assert await reporter.report(Lease(a_job()), outcome)
    assert fake.said == [said]


@pytest.mark.parametrize("trouble", [GatewayUnavailable("away"), GatewayBusy("busy"), NotPermitted("who?")])
async def test_a_report_is_repeated(
    reporter: Reporter, fake: FakeGateway, events: list[Event], trouble: GatewayError
) -> None:
    """An answer that was paid for is not thrown away because the broker did not take it at once."""
    fake.troubles["complete"].extend([trouble] * 3)

    assert await reporter.report(Lease(a_job()), DONE)

    assert fake.count("complete") == 4
    assert [event.retry_in_s for event in events if isinstance(event, ReportRepeated)] == [0.5, 1, 2]


async def test_nothing_is_reported_after_the_lease(reporter: Reporter, fake: FakeGateway, events: list[Event]) -> None:
    """Somebody else may have the job by then; the event says so."""
    fake.troubles["complete"].extend([GatewayUnavailable("away")] * 100)
    job = a_job(deadline_s=20)

    assert not await reporter.report(Lease(job), DONE)

    assert fake.count("complete") == 7  # at 0, 0.5, 1.5, 3.5, 7.5, 12.5 and 17.5 s
    assert events[-1] == LeaseLost(job=job, cause="its lease ended before the broker took the outcome")


async def test_a_renewed_lease_gives_more_time(reporter: Reporter, fake: FakeGateway) -> None:
    """The end that counts is that of the lease now, not that of the job when it came."""
    lease = Lease(a_job(deadline_s=1))
    lease.ends_s = 60
    fake.troubles["complete"].extend([GatewayUnavailable("away")] * 5)

    assert await reporter.report(lease, DONE)


async def test_gone_after_an_unclear_failure_means_done(
    reporter: Reporter, fake: FakeGateway, events: list[Event]
) -> None:
    """The broker had heard us, only its answer was lost."""
    fake.troubles["complete"].extend([GatewayUnavailable("no answer"), JobGone("no such job")])

    assert await reporter.report(Lease(a_job()), DONE)
    assert not any(isinstance(event, LeaseLost) for event in events)


@pytest.mark.parametrize("before", [[], [GatewayBusy("busy")]])
async def test_gone_else_means_lost(
    reporter: Reporter, fake: FakeGateway, events: list[Event], before: list[GatewayError]
) -> None:
    """A job that is not there when we come first, or after the broker has clearly not listened, was lost."""
    fake.troubles["complete"].extend([*before, JobGone("no such job")])

    assert not await reporter.report(Lease(a_job()), DONE)
    assert events[-1] == LeaseLost(job=a_job(), cause="no such job")


_LARGE = b'{"a": 1, "b": "' + b"x" * 4983 + b'"}'


@pytest.mark.parametrize("outcome", [Complete(variables=_LARGE), Throw(error_code="E", variables=_LARGE)])
async def test_a_result_that_is_too_large_becomes_an_incident(
    reporter: Reporter, fake: FakeGateway, outcome: Outcome
) -> None:
    """The job is not handed out, paid for and refused again: 0 retries, with the size and what to do about it."""
    for command in ("complete", "throw"):
        fake.troubles[command].append(TooLarge("exceeds maximum size 4194304"))

    assert await reporter.report(Lease(a_job()), outcome)

    name, _, retries, message, _, variables = fake.said[-1]
    assert (name, retries, variables) == ("fail", 0, b"{}")
    assert "RESULT_TOO_LARGE" in str(message)
    assert "5,000 bytes" in str(message)
    assert "the biggest is 'b' with 4985" in str(message)
    assert "result expression" in str(message)


async def test_a_result_that_is_refused_becomes_an_incident(reporter: Reporter, fake: FakeGateway) -> None:
    """What the broker finds wrong would be wrong again."""
    fake.troubles["complete"].append(Refused("Expected document to be a root level object"))

    heard = await reporter.report(Lease(a_job()), Complete(variables=b"[]"))

    assert isinstance(heard, Fail)
    assert fake.said[-1][:3] == ("fail", 1, 0)
    assert "root level object" in str(fake.said[-1][3])


async def test_a_failure_that_is_refused_is_told_plainly(reporter: Reporter, fake: FakeGateway) -> None:
    """Without its variables and with a short message, its retries unchanged."""
    fake.troubles["fail"].append(TooLarge("too large"))

    assert await reporter.report(Lease(a_job()), Fail(retries=2, message="m" * 9000, variables=b'{"a":1}'))
    assert fake.said[-1] == ("fail", 1, 2, "m" * 1000, 0, b"{}")


@pytest.mark.parametrize(
    ("outcome", "hears"), [(DONE, [1]), (Throw(error_code="E"), [1]), (Fail(retries=0, message="m"), [])]
)
async def test_who_waits_for_the_end_of_jobs_hears_of_it(
    fake: FakeGateway, events: list[Event], outcome: Outcome, hears: list[int]
) -> None:
    """Of an incident not: resolved, it brings the job again."""
    done: list[int] = []
    options = LoopOptions(job_types=("a",), worker_name="w", when_done=lambda job: done.append(job.key))
    reporter = Reporter(fake, options=options, observe=events.append, timing=Timing())

    reporter.heard(a_job(), outcome, taken_s=0.0)

    assert done == hears
    assert isinstance(events[-1], JobReported)
    assert events[-1].outcome == outcome


async def test_there_is_an_end_to_refusals(reporter: Reporter, fake: FakeGateway, events: list[Event]) -> None:
    """A broker that refuses everything is not asked for ever."""
    fake.troubles["complete"].append(Refused("no"))
    fake.troubles["fail"].extend([Refused("no")] * 9)

    assert not await reporter.report(Lease(a_job()), DONE)
    assert fake.count("fail") == 1
    assert isinstance(events[-1], LeaseLost)


async def test_giving_back_leaves_the_retries(reporter: Reporter, fake: FakeGateway, events: list[Event]) -> None:
    """The attempt does not count, and others come first."""
    await reporter.give_back(a_job(5, retries=2))

    name, key, retries, _, backoff_s, _ = fake.said[-1]
    assert (name, key, retries, backoff_s) == ("fail", 5, 2, 1.0)
    assert events == [JobHandedBack(job=a_job(5, retries=2))]
