import asyncio

import pytest
from grpc import StatusCode

from tests.faults.scripted_gateway import Fault, ScriptedGateway, ScriptedJob, State
from tests.rooms.broker.loop.conftest import Handler, Start
from tests.rooms.broker.waiting import eventually
from worker.broker import GrpcGateway
from worker.events import BrokerLost, BrokerReached, Event, HandlerCrashed, JobReported, WorkerReady
from worker.job import Job
from worker.outcome import Outcome


async def _is_done(job: ScriptedJob) -> None:
    await eventually(lambda: job.state is State.COMPLETED)


@pytest.mark.parametrize("is_streaming", [True, False])
async def test_a_backlog_is_worked_off(
    scripted: ScriptedGateway, start: Start, handler: Handler, events: list[Event], *, is_streaming: bool
) -> None:
    """Jobs from before the start are done, never more at once than there are permits."""
    for _ in range(100):
        scripted.add_job()
    loop = await start(is_streaming=is_streaming, max_jobs_in_flight=8)
    await eventually(lambda: scripted.books[State.COMPLETED] == 100)

    assert handler.most <= 8
    assert loop.is_connected
    await eventually(lambda: [type(event) for event in events[2:]] == [JobReported] * 100)
    assert [type(event) for event in events[:2]] == [BrokerReached, WorkerReady]
    assert all(job.activations == 1 for job in scripted.jobs)


@pytest.mark.parametrize("is_streaming", [True, False])
async def test_new_jobs_are_done_as_they_appear(scripted: ScriptedGateway, start: Start, *, is_streaming: bool) -> None:
    """Pushed where there is a stream, by the gateway's answer to a held question where there is none."""
    await start(is_streaming=is_streaming)
    await eventually(lambda: scripted.open_streams or (not is_streaming and scripted.calls["ActivateJobs"]))
    job = scripted.add_job()

    await _is_done(job)
    assert job.result == b'{"done":true}'


async def test_a_flood_stays_within_the_permits(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """A stream that pushes hundreds of jobs at a worker with four permits leases it only a few more."""
    handler.may_finish.clear()
    await start(max_jobs_in_flight=4)
    await eventually(lambda: scripted.open_streams)
    for _ in range(300):
        scripted.add_job(variables={"text": "x" * 2000})
        await asyncio.sleep(0)
    await eventually(lambda: len(handler.begun) == 4)
    assert scripted.books[State.ACTIVATED] < 60

    handler.may_finish.set()
    await eventually(lambda: scripted.books[State.COMPLETED] == 300)
    assert handler.most == 4


async def test_several_types_share_one_loop(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """Each type has its own stream and poller; the permits are the same."""
    for number in range(40):
        scripted.add_job("a" if number % 2 else "b")
    await start(job_types=("a", "b"), max_jobs_in_flight=5)

    await eventually(lambda: scripted.books[State.COMPLETED] == 40)
    assert handler.most <= 5


async def test_a_gateway_without_streams_is_no_trouble(
    scripted: ScriptedGateway, gateway: GrpcGateway, start: Start, events: list[Event]
) -> None:
    """Jobs are polled for, and the absence of the stream is not reported as a failure."""
    scripted.has_streams = False
    await scripted.stop()
    await scripted.start()
    await start()
    await eventually(lambda: any(call.requestTimeout > 0 for call in scripted.calls["ActivateJobs"]))
    job = scripted.add_job()

    await _is_done(job)
    assert gateway.address == scripted.address
    assert not any(isinstance(event, BrokerLost) for event in events[2:])


async def test_a_deaf_stream_does_not_keep_jobs_away(scripted: ScriptedGateway, start: Start) -> None:
    """What a silently dead stream does not bring is polled for, and the stream is replaced."""
    await start(stream_silence_s=0.1)
    await eventually(lambda: scripted.open_streams)
    scripted.deafen_streams()
    for _ in range(3):
        job = scripted.add_job()
        await _is_done(job)

    await eventually(lambda: (scripted.add_job(), len(scripted.calls["StreamActivatedJobs"]) > 1)[1])


async def test_the_broker_may_come_late_and_go_and_return(
    scripted: ScriptedGateway, start: Start, events: list[Event]
) -> None:
    """Absent at the start, killed twice: a line every now and then, and jobs are done as soon as it is there."""
    await scripted.stop()
    loop = await start()
    await eventually(lambda: any(isinstance(event, BrokerLost) for event in events))
    assert not loop.is_connected

    for _ in range(2):
        await scripted.start()
        job = scripted.add_job()
        await _is_done(job)
        await eventually(lambda: loop.is_connected)
        await scripted.stop()
        await eventually(lambda: not loop.is_connected)
    causes = {event.cause for event in events if isinstance(event, BrokerLost)}
    assert "connection refused" in causes


async def test_an_answer_outlives_an_outage(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """A job that is finished while the broker is away is reported when it is back; the work is done once."""
    handler.may_finish.clear()
    await start()
    jobs = [scripted.add_job() for _ in range(5)]
    await eventually(lambda: len(handler.begun) == 5)
    await scripted.stop()
    handler.may_finish.set()
    await eventually(lambda: handler.at_once == 0)
    await scripted.start()

    await eventually(lambda: all(job.state is State.COMPLETED for job in jobs))
    assert len(handler.begun) == 5


@pytest.mark.parametrize(
    "code",
    [
        StatusCode.RESOURCE_EXHAUSTED,
        StatusCode.UNAVAILABLE,
        StatusCode.DEADLINE_EXCEEDED,
        StatusCode.INTERNAL,
        StatusCode.UNAUTHENTICATED,
        StatusCode.PERMISSION_DENIED,
        StatusCode.UNKNOWN,
        StatusCode.NOT_FOUND,
        StatusCode.INVALID_ARGUMENT,
        StatusCode.CANCELLED,
    ],
)
async def test_no_status_ends_the_loop(scripted: ScriptedGateway, start: Start, code: StatusCode) -> None:
    """Fifteen refusals of every kind, of polls and streams alike, and then the work goes on."""
    scripted.fault("ActivateJobs", Fault(code), times=15)
    scripted.fault("StreamActivatedJobs", Fault(code), times=15)
    await start()
    job = scripted.add_job()

    await _is_done(job)


async def test_an_unheard_success_is_not_repeated_as_a_loss(
    scripted: ScriptedGateway, start: Start, events: list[Event]
) -> None:
    """CompleteJob is done but its answer is lost: the repetition finds the job gone, and that is fine."""
    scripted.fault("CompleteJob", Fault(StatusCode.UNAVAILABLE, after=True))
    loop = await start()
    job = scripted.add_job()
    await eventually(lambda: job.state is State.COMPLETED and loop.in_flight == 0)

    assert "LeaseLost" not in {type(event).__name__ for event in events}


async def test_a_long_job_keeps_its_lease(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """A call that takes several leases is done once."""
    handler.may_finish.clear()
    await start(lease_s=0.6)
    job = scripted.add_job()
    await eventually(lambda: job.history.count("extended") >= 4)
    handler.may_finish.set()
    await _is_done(job)

    assert (job.activations, len(handler.begun)) == (1, 1)


async def test_a_cancelled_instance_ends_its_call(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """The broker does not know the job any more, so the call is broken off and nothing is reported."""
    handler.may_finish.clear()
    loop = await start(lease_s=0.6)
    job = scripted.add_job()
    await eventually(lambda: handler.begun)
    scripted.jobs.cancel(job.key)

    await eventually(lambda: handler.at_once == 0 and loop.in_flight == 0)
    assert not scripted.calls["CompleteJob"] + scripted.calls["FailJob"]


async def test_a_crash_is_a_failure_that_names_no_data(
    scripted: ScriptedGateway, start: Start, events: list[Event]
) -> None:
    """A bug uses up a retry, its text stays out of the incident, and the loop goes on."""

    async def crash(_job: Job) -> Outcome:
        raise KeyError("the customer's name")

    await start(handle=crash, crash_backoff_s=0.01)
    job = scripted.add_job(retries=2)
    await eventually(lambda: job.state is State.INCIDENT)

    assert "KeyError" in job.message
    assert "customer" not in job.message
    assert sum(isinstance(event, HandlerCrashed) for event in events) == 2


async def test_a_job_that_cannot_be_read_is_an_incident(scripted: ScriptedGateway, start: Start) -> None:
    """It does not stand in the way of the others."""
    broken, sound = scripted.add_job(headers=b'{"a": [1]}'), scripted.add_job()
    await start()
    await eventually(lambda: sound.state is State.COMPLETED and broken.state is State.INCIDENT)

    assert "headers" in broken.message
