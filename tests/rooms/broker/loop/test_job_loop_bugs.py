import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import cast

import pytest

from tests.faults.scripted_gateway import ScriptedGateway
from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from tests.rooms.broker.loop.conftest import QUICK, Handler
from tests.rooms.broker.waiting import eventually
from worker.broker import GrpcGateway, JobLoop
from worker.events import Event, JobHandedBack
from worker.job import Job
from worker.outcome import Outcome


async def test_a_bug_of_its_own_ends_the_loop(
    scripted: ScriptedGateway, gateway: GrpcGateway, handler: Handler, events: list[Event]
) -> None:
    """What is at work is broken off, and whoever runs the loop hears of the bug."""
    handler.may_finish.clear()

    def lease_of(_job: Job) -> float | None:
        return 1 / 0 if handler.begun else None

    options = replace(QUICK, lease_of=lease_of)
    loop = JobLoop(gateway, handler, options=options, observe=events.append)
    running = asyncio.create_task(loop.run())
    scripted.add_job()
    await eventually(lambda: handler.begun)
    for _ in range(3):
        scripted.add_job()

    with pytest.raises(ExceptionGroup) as ended:
        await running
    assert ended.group_contains(ZeroDivisionError)
    assert (handler.at_once, loop.in_flight) == (0, 0)


async def test_a_bug_while_the_loop_ends_because_of_another(
    scripted: ScriptedGateway, gateway: GrpcGateway, events: list[Event]
) -> None:
    """Both are told, and nothing waits for the second one's job."""
    begun: list[Job] = []
    may_finish = asyncio.Event()

    async def handle(job: Job) -> Outcome:
        begun.append(job)
        with suppress(asyncio.CancelledError):
            await (may_finish if len(begun) == 1 else asyncio.Event()).wait()
        return cast("Outcome", "no outcome")

    loop = JobLoop(gateway, handle, options=QUICK, observe=events.append)
    running = asyncio.create_task(loop.run())
    for _ in range(2):
        scripted.add_job()
    await eventually(lambda: len(begun) == 2)
    may_finish.set()

    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(running, 5)
    assert [AssertionError, AssertionError] == [type(bug) for bug in ended.value.exceptions]
    assert loop.in_flight == 0


async def test_a_bug_of_giving_back_ends_the_loop(fake: FakeGateway, handler: Handler) -> None:
    """A job that could not be given back because of a bug is not passed over in silence either."""

    def observe(event: Event) -> None:
        if isinstance(event, JobHandedBack):
            raise ZeroDivisionError

    loop = JobLoop(fake, handler, options=replace(QUICK, is_streaming=True), observe=observe)
    running = asyncio.create_task(loop.run())
    await eventually(lambda: fake.streams and fake.streams[0].rooms)
    fake.streams[0].unread = [a_job(1, deadline_s=float("inf"))]
    fake.streams[0].line.put_nowait(None)

    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(running, 5)
    assert [ZeroDivisionError] == [type(bug) for bug in ended.value.exceptions]


async def test_unread_jobs_disturb_no_cancelled_loop(fake: FakeGateway, handler: Handler, events: list[Event]) -> None:
    """It ends as cancelled and leaves no task, though jobs have come that are to be given back."""
    others = asyncio.all_tasks()
    loop = JobLoop(fake, handler, options=replace(QUICK, is_streaming=True), observe=events.append)
    running = asyncio.create_task(loop.run())
    await eventually(lambda: fake.streams and fake.streams[0].rooms)
    fake.streams[0].unread = [a_job(1, deadline_s=float("inf"))]
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert others == asyncio.all_tasks()
