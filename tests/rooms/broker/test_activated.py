import asyncio

import pytest
from grpc import StatusCode

from tests.faults.scripted_gateway import Fault, ScriptedGateway, State
from tests.rooms.broker.waiting import eventually
from worker.broker import FlawedJob, GatewayUnavailable, GrpcGateway, NotSupported, Subscription
from worker.job import Job

WANTED = Subscription(job_type="azure-openai", worker="w", lease_s=60)


async def test_pushed_jobs_are_read(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A job comes over the stream as it went in, its texts undecoded but for the headers."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    await eventually(lambda: scripted.open_streams)
    pushed = scripted.add_job(variables={"ü": 1}, headers={"a": "b"})

    job = await stream.read(room=1)

    assert isinstance(job, Job)
    assert (job.key, job.headers, job.variables) == (pushed.key, {"a": "b"}, b'{"\\u00fc": 1}')
    stream.close()


async def test_a_closed_stream_ends(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A reader that waits when the stream is closed hears of its end, and the call is gone at the gateway too."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    reading = asyncio.create_task(stream.read(room=1))
    await eventually(lambda: scripted.open_streams)

    stream.close()

    assert await reading is None
    assert await stream.read(room=1) is None
    await eventually(lambda: not scripted.open_streams)


async def test_a_stream_that_the_gateway_ends_is_over(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A half-close is an end, not an error."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    reading = asyncio.create_task(stream.read(room=1))
    await eventually(lambda: scripted.open_streams)

    scripted.end_streams()

    assert await reading is None
    stream.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(StatusCode.CANCELLED, GatewayUnavailable, id="cancelled by the gateway"),
        pytest.param(StatusCode.UNIMPLEMENTED, NotSupported, id="no streams"),
    ],
)
async def test_a_stream_that_breaks_says_so(
    scripted: ScriptedGateway, gateway: GrpcGateway, code: StatusCode, kind: type[Exception]
) -> None:
    """The reader gets the error of ours; a cancellation by the gateway is not taken for one of our own."""
    scripted.fault("StreamActivatedJobs", Fault(code))
    stream = await gateway.stream(WANTED, max_age_s=60)

    with pytest.raises(kind):
        await stream.read(room=1)
    stream.close()


async def test_a_cancelled_reader_leaves_the_stream_as_it_was(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """Cancellation is not swallowed, and the job that was waited for comes to the next reader."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    reading = asyncio.create_task(stream.read(room=1))
    await eventually(lambda: scripted.open_streams)

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    pushed = scripted.add_job()
    job = await stream.read(room=1)
    assert isinstance(job, Job)
    assert job.key == pushed.key
    stream.close()
    await eventually(lambda: not scripted.open_streams)


@pytest.mark.parametrize("headers", [b"[1]", b'{"a": 1}', b"\xff", b"{"])
async def test_headers_that_cannot_be_read_are_a_flaw(
    scripted: ScriptedGateway, gateway: GrpcGateway, headers: bytes
) -> None:
    """Such a job is handed on with what is wrong with it, instead of breaking the batch that it came in."""
    scripted.add_job(headers=headers)
    scripted.add_job()

    flawed, sound = await gateway.activate(WANTED, max_jobs=2, wait_s=0)

    assert isinstance(flawed, FlawedJob)
    assert "headers" in flawed.flaw
    assert isinstance(sound, Job)


async def test_a_stream_nobody_reads_takes_next_to_nothing(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """With grpc's own flow control thousands of jobs would be leased to a reader that has paused."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    await eventually(lambda: scripted.open_streams)
    for _ in range(2000):
        scripted.add_job(variables={"text": "x" * 2000})
        await asyncio.sleep(0)
    first = await stream.read(room=1)
    await eventually(lambda: len(scripted.jobs.waiting("azure-openai")) > 1900)
    taken = 2000 - scripted.books[State.ACTIVATABLE]

    assert first is not None
    assert taken < 60
    stream.close()
