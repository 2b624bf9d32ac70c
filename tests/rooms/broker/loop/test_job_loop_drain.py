import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.scripted_gateway import Fault, ScriptedGateway, State
from tests.rooms.broker.loop.conftest import QUICK, Handler, Start
from tests.rooms.broker.waiting import eventually
from worker.broker import GrpcGateway, JobLoop
from worker.events import DrainStarted, Event, JobHandedBack


async def test_a_drain_lets_work_finish(
    scripted: ScriptedGateway, start: Start, handler: Handler, events: list[Event]
) -> None:
    """What runs is finished and reported, what appears meanwhile is left to others, and then it is over."""
    handler.may_finish.clear()
    loop = await start()
    running = [scripted.add_job() for _ in range(3)]
    await eventually(lambda: len(handler.begun) == 3)
    draining = asyncio.create_task(loop.drain(30))
    await eventually(lambda: not scripted.open_streams)
    late = [scripted.add_job() for _ in range(5)]
    handler.may_finish.set()
    await draining

    assert all(job.state is State.COMPLETED for job in running)
    assert all(job.state is State.ACTIVATABLE for job in late)
    assert DrainStarted(in_flight=3, grace_s=30) in events


@pytest.mark.parametrize("is_streaming", [True, False])
async def test_a_drain_ends_while_jobs_keep_coming(
    scripted: ScriptedGateway, start: Start, handler: Handler, *, is_streaming: bool
) -> None:
    """Nothing is begun after the drain has started, however many jobs arrive."""
    loop = await start(is_streaming=is_streaming, max_jobs_in_flight=4)

    async def flood() -> None:
        while True:
            scripted.add_job()
            for _ in range(20):
                await asyncio.sleep(0)

    flooding = asyncio.create_task(flood())
    await eventually(lambda: scripted.books[State.COMPLETED] > 20)
    draining = asyncio.create_task(loop.drain(5))
    await asyncio.sleep(0)
    begun = len(handler.begun)
    await asyncio.wait_for(draining, 5)
    flooding.cancel()

    assert len(handler.begun) <= begun + 4
    assert scripted.books[State.ACTIVATED] <= 50  # those on the wire when the stream was cut; their leases end


async def test_what_does_not_finish_is_handed_back(
    scripted: ScriptedGateway, start: Start, handler: Handler, events: list[Event]
) -> None:
    """After the grace another worker can have the job at once, with the retries it had."""
    handler.may_finish.clear()
    loop = await start()
    job = scripted.add_job(retries=3)
    await eventually(lambda: handler.begun)

    await loop.drain(0.05)

    assert (job.retries, handler.at_once) == (3, 0)
    assert [event for event in events if isinstance(event, JobHandedBack)] == [JobHandedBack(job=handler.begun[0])]
    await eventually(lambda: job.state is State.ACTIVATABLE)


async def test_a_second_drain_stops_at_once(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """The grace is cut short, and the broker is not waited for."""
    handler.may_finish.clear()
    loop = await start()
    job = scripted.add_job()
    await eventually(lambda: handler.begun)
    scripted.fault("FailJob", Fault(delay_s=None), times=9)
    patient = asyncio.create_task(loop.drain(60))
    await asyncio.sleep(0)

    await asyncio.wait_for(loop.drain(0), 2)
    await asyncio.wait_for(patient, 2)

    assert job.state is State.ACTIVATED


async def test_a_drain_ends_while_the_broker_is_away(scripted: ScriptedGateway, start: Start, handler: Handler) -> None:
    """Handing back is tried for a while, not for ever."""
    handler.may_finish.clear()
    loop = await start(return_timeout_s=0.2)
    scripted.add_job()
    await eventually(lambda: handler.begun)
    await scripted.stop()

    await asyncio.wait_for(loop.drain(0.05), 2)


async def test_a_loop_runs_once(start: Start) -> None:
    """A loop that has drained is done with."""
    loop = await start()

    with pytest.raises(RuntimeError, match="once"):
        await loop.run()


@asynccontextmanager
async def _cancelled(loop: JobLoop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    yield
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_loop_leaves_no_task(
    scripted: ScriptedGateway, gateway: GrpcGateway, handler: Handler, events: list[Event]
) -> None:
    """Every task has an owner, and ends with it, also in a hurry."""
    handler.may_finish.clear()
    async with _cancelled(JobLoop(gateway, handler, options=QUICK, observe=events.append)):
        scripted.add_job()
        await eventually(lambda: handler.begun)

    assert handler.at_once == 0
    assert not [task for task in asyncio.all_tasks() if "worker/broker" in repr(task)]
