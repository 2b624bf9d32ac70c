"""A loop over a real wire, with a handler in the test's hands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway
from worker.broker import GrpcGateway, JobLoop, LoopOptions
from worker.events import Event
from worker.job import Job
from worker.outcome import Complete, Outcome

QUICK = LoopOptions(
    job_types=("azure-openai",),
    worker_name="w",
    backoff_first_s=0.02,
    backoff_most_s=0.1,
    poll_pause_first_s=0.05,
    poll_pause_most_s=0.2,
    return_backoff_s=0.05,
    lost_repeat_s=0.1,
    hold_s=0.05,
)
Start = Callable[..., Awaitable[JobLoop]]


@pytest.fixture
async def fake() -> FakeGateway:
    """A gateway without a wire, whose commands succeed unless told otherwise."""
    return FakeGateway()


@pytest.fixture
def events() -> list[Event]:
    """What was observed."""
    return []


class Handler:
    """Completes jobs, as soon as it may; *at_once* is how many are in its hands, *most* how many ever were."""

    def __init__(self) -> None:
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.begun: list[Job] = []
        self.at_once = 0
        self.most = 0

    async def __call__(self, job: Job) -> Outcome:
        self.begun.append(job)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.may_finish.wait()
            return Complete(variables=b'{"done":true}')
        finally:
            self.at_once -= 1


@pytest.fixture
async def handler() -> Handler:
    """Whoever does the work."""
    return Handler()


@pytest.fixture
async def start(gateway: GrpcGateway, handler: Handler, events: list[Event]) -> AsyncIterator[Start]:
    """Run a loop with options of the test's choice; it has ended, and left no task behind, after the test."""
    tasks_before = asyncio.all_tasks()
    running: list[tuple[JobLoop, asyncio.Task[None]]] = []

    async def start(*, handle: Callable[[Job], Awaitable[Outcome]] = handler, **changes: Any) -> JobLoop:
        options = replace(QUICK, **changes)
        loop = JobLoop(gateway, handle, options=options, observe=events.append)
        running.append((loop, asyncio.create_task(loop.run())))
        await asyncio.sleep(0)
        return loop

    yield start
    for loop, task in running:
        await loop.drain(0)
        await task
    ours = {task for task in asyncio.all_tasks() - tasks_before if "worker/broker" in repr(task)}
    assert ours == set()
