"""A gateway without a wire: commands succeed unless told otherwise, and there are no jobs but those put in."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence

from tests.rooms.broker.waiting import eventually
from worker.broker.gateway import Activated, GatewayError, JobStream, Subscription, Topology
from worker.job import Job

__all__ = ["FakeGateway", "a_job"]


def a_job(key: int = 1, *, retries: int = 3, deadline_s: float = 60.0) -> Job:
    """A job like any other."""
    return Job(
        key=key,
        type="azure-openai",
        process_instance_key=2,
        bpmn_process_id="process",
        process_definition_key=3,
        process_definition_version=1,
        element_id="task",
        element_instance_key=4,
        tenant_id="<default>",
        retries=retries,
        deadline_s=deadline_s,
        headers={},
        variables=b"{}",
    )


class FakeStream:
    """Gives what is put into it; an exception is raised, None ends it. *rooms* are what the reads told."""

    def __init__(self) -> None:
        self.line: asyncio.Queue[Activated | GatewayError | None] = asyncio.Queue()
        self.is_closed = False
        self.rooms: list[int] = []
        self.unread: list[Activated] = []

    async def read(self, *, room: int) -> Activated | None:
        self.rooms.append(room)
        item = await self.line.get()
        if isinstance(item, GatewayError):
            raise item
        return item

    def close(self) -> Sequence[Activated]:
        self.is_closed = True
        self.line.put_nowait(None)
        unread, self.unread = self.unread, []
        return unread


class FakeGateway:
    """*troubles* are raised by the next calls of that name, None stands for success. *said* is all that was asked."""

    address = "fake:26500"

    def __init__(self) -> None:
        self.troubles: defaultdict[str, deque[GatewayError | None]] = defaultdict(deque)
        self.said: list[tuple[object, ...]] = []
        self.polls: list[tuple[int, float]] = []
        self.waiting: list[Activated] = []
        self.streams: list[FakeStream] = []
        self.more: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def has_streams(self, count: int) -> None:
        """Wait until so many streams have been opened."""
        await eventually(lambda: len(self.streams) == count)

    def count(self, name: str) -> int:
        """How often *name* was called."""
        return sum(call[0] == name for call in self.said)

    async def activate(self, wanted: Subscription, *, max_jobs: int, wait_s: float) -> Sequence[Activated]:
        self.polls.append((max_jobs, wait_s))
        self._meet("activate", wanted.job_type)
        if not self.waiting and wait_s:
            await asyncio.wait([self.more], timeout=wait_s)
        jobs, self.waiting = self.waiting[:max_jobs], self.waiting[max_jobs:]
        return jobs

    async def stream(self, wanted: Subscription, *, max_age_s: float) -> JobStream:
        self._meet("stream", wanted.job_type, max_age_s)
        self.streams.append(FakeStream())
        return self.streams[-1]

    async def complete(self, key: int, *, variables: bytes) -> None:
        self._meet("complete", key, variables)

    async def fail(self, key: int, *, retries: int, message: str, backoff_s: float, variables: bytes) -> None:
        self._meet("fail", key, retries, message, backoff_s, variables)

    async def throw(self, key: int, *, error_code: str, message: str, variables: bytes) -> None:
        self._meet("throw", key, error_code, message, variables)

    async def extend(self, key: int, *, lease_s: float) -> None:
        self._meet("extend", key, lease_s)

    async def topology(self) -> Topology:
        self._meet("topology")
        return Topology(gateway_version="8.5.8", cluster_size=1, partitions=1, brokers=())

    async def close(self) -> None:
        self._meet("close")

    def _meet(self, name: str, *arguments: object) -> None:
        self.said.append((name, *arguments))
        trouble = self.troubles[name].popleft() if self.troubles[name] else None
        if trouble is not None:
            raise trouble
