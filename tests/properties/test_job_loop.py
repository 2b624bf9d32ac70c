import asyncio
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.made import a_job
from tests.properties.zeebe_model import LeapingLoop, ModelGateway
from worker.broker import GatewayBusy, GatewayUnavailable, JobLoop, LoopOptions, Timing
from worker.events import Event
from worker.job import Job
from worker.outcome import Complete, Fail, Outcome, Throw

_MOST = 3
_LEASE_S = 30.0
_BACKOFF_S = 20.0


class Loop(RuleBasedStateMachine):
    """The loop between a model of the broker and handlers in the machine's hands."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = LeapingLoop()
        self.gateway = ModelGateway(self.loop)
        self.events: list[Event] = []
        self.at_work: list[tuple[int, asyncio.Future[Outcome]]] = []
        self.is_ending = False
        options = LoopOptions(
            job_types=("azure-openai",), worker_name="w", max_jobs_in_flight=_MOST, lease_s=_LEASE_S, is_streaming=False
        )
        timing = Timing(clock=self.loop.time, chance=lambda: 0.5)
        self.jobs = JobLoop(self.gateway, self.handle, options=options, observe=self.events.append, timing=timing)
        self.running = self.loop.create_task(self.jobs.run())
        self.pass_time(1)

    async def handle(self, job: Job) -> Outcome:
        if self.is_ending:
            return Complete()
        answer: asyncio.Future[Outcome] = self.loop.create_future()
        entry = (job.key, answer)
        self.at_work.append(entry)
        try:
            return await answer
        finally:
            self.at_work.remove(entry)

    @rule(seconds=st.sampled_from([1, 5, 25, 45]))
    def pass_time(self, seconds: float) -> None:
        self.loop.pass_time(seconds)

    @rule(jobs=st.integers(1, 3), seconds=st.sampled_from([2, 12]))
    def reach_tasks(self, jobs: int, seconds: float) -> None:
        for _ in range(jobs):
            self.gateway.add(a_job(retries=3))
        self.pass_time(seconds)  # else hardly a job is taken before the end

    @precondition(lambda self: self.at_work)
    @rule(is_carried_out=st.booleans(), times=st.integers(1, 8))
    def break_commands(self, *, is_carried_out: bool, times: int) -> None:
        self.gateway.troubles.extend([(GatewayUnavailable("no answer"), is_carried_out)] * times)

    @precondition(lambda self: self.at_work)
    @rule(times=st.integers(1, 8))
    def be_busy(self, times: int) -> None:
        self.gateway.troubles.extend([(GatewayBusy("back-pressure"), False)] * times)

    @precondition(lambda self: self.at_work)
    @rule(end=st.sampled_from(["complete", "throw", "fail", "fail and wait"]))
    def finish(self, end: str) -> None:
        key, answer = self.at_work[0]
        fewer = self.gateway.jobs[key].job.retries - 1
        outcomes: dict[str, Outcome] = {
            "complete": Complete(),
            "throw": Throw(error_code="no", message="no"),
            "fail": Fail(retries=fewer, message="no"),
            "fail and wait": Fail(retries=fewer, message="no", backoff_s=_BACKOFF_S),
        }
        if not answer.done():
            answer.set_result(outcomes[end])
        self.pass_time(0)

    @precondition(lambda self: self.at_work)
    @rule()
    def cancel_the_process(self) -> None:
        self.gateway.jobs[self.at_work[0][0]].is_cancelled = True

    @rule(jobs=st.sampled_from([None, None, 0, 1, 2]))
    def make_room(self, jobs: int | None) -> None:
        self.jobs.make_room(jobs)

    @invariant()
    def no_more_than_there_may_be(self) -> None:
        assert len(self.at_work) <= _MOST

    @invariant()
    def no_job_is_worked_on_twice_at_a_time(self) -> None:
        assert not [key for key, count in Counter(key for key, _ in self.at_work).items() if count > 1]

    @invariant()
    def no_job_is_worked_on_before_its_back_off_is_over(self) -> None:
        assert not [key for key, _ in self.at_work if self.gateway.jobs[key].available_s > self.loop.time()]

    @invariant()
    def no_job_ends_twice(self) -> None:
        assert not [job for job in self.gateway.jobs.values() if job.ends > 1]

    def teardown(self) -> None:
        """Once nothing goes wrong any more, every job comes to an end, and so does the loop."""
        self.is_ending = True
        self.gateway.troubles.clear()
        self.jobs.make_room(None)
        for _, answer in list(self.at_work):
            if not answer.done():
                answer.set_result(Complete())
        self.pass_time(10 * _LEASE_S)
        lost = [key for key, job in self.gateway.jobs.items() if not job.is_over]
        self.loop.run_until_complete(self.jobs.drain(1.0))
        self.loop.run_until_complete(self.running)
        self.loop.close()

        assert [] == lost


TestLoop = Loop.TestCase
TestLoop.settings = settings(
    max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
