"""How many jobs are on their way to us, on a wire that is played by hand."""

import asyncio

import pytest
from hyperframe.frame import WindowUpdateFrame

from tests.rooms.broker.rpc.calling import HEAD
from tests.rooms.broker.rpc.peer import framed
from tests.rooms.broker.rpc.raw import HELLO, RESPONSE, Bench, headers
from tests.rooms.broker.waiting import quiet
from worker.broker import gateway_pb2 as wire
from worker.broker.activated import GrpcJobStream, JobReader
from worker.broker.gateway import Activated
from worker.broker.rpc.http2 import frames
from worker.job import Job

WINDOW = 1024


class Pushed:
    """A stream of jobs that has begun, and what it says of room."""

    def __init__(self) -> None:
        self.bench = Bench()
        reader = JobReader(lambda: 0.0)
        self.stream = GrpcJobStream(
            self.bench.connection.open(HEAD, b"", timeout_s=60),
            as_ours=lambda job: reader.read(job, lease_s=60, sent_s=None),
            refused=lambda _: quiet(),
        )
        self.bench.hear(HELLO, headers(1, RESPONSE))

    async def reading(self, *, room: int) -> asyncio.Task[Activated | None]:
        """Somebody waits for a job."""
        task = asyncio.create_task(self.stream.read(room=room))
        await quiet()
        return task

    def come(self, *messages: bytes) -> None:
        """The gateway sends *messages*."""
        for message in messages:
            self.bench.hear(frames.frame(frames.DATA, 0, 1, framed(message)))

    async def rooms(self) -> list[int]:
        """For how many bytes more there was room, each time that it was said."""
        said = await self.bench.said()
        return [frame.window_increment for frame in said if isinstance(frame, WindowUpdateFrame)]


def _a_job(key: int, *, size: int = 0) -> bytes:
    return wire.ActivatedJob(key=key, variables=b" " * size + b"{}").SerializeToString()


@pytest.mark.parametrize(
    ("room", "ahead"),
    [
        pytest.param(1, WINDOW, id="for one, as it stands"),
        pytest.param(4, WINDOW, id="for few"),
        pytest.param(100, 25_600, id="for a hundred of the smallest"),
        pytest.param(10_000, 65_536, id="and no more than a network needs"),
    ],
)
async def test_as_many_are_ahead_as_there_is_room_for(room: int, ahead: int) -> None:
    """The gateway may send what would fit if all jobs were small, while somebody reads."""
    pushed = Pushed()
    before = await pushed.rooms()
    reading = await pushed.reading(room=room)

    assert [] == before
    assert ([ahead - WINDOW] if ahead > WINDOW else []) == await pushed.rooms()
    reading.cancel()
    await quiet()


async def test_room_is_said_once_for_many_jobs() -> None:
    """Not job by job: each time costs both sides a frame, and the gateway a wait for it."""
    pushed = Pushed()
    for key in range(1, 41):
        reading = await pushed.reading(room=100)
        pushed.come(_a_job(key, size=1_000))
        job = await reading
        assert isinstance(job, Job)
        assert key == job.key
    said = await pushed.rooms()

    assert 25_600 - WINDOW == said[0]
    assert 4 == len(said)
    assert 40 * len(framed(_a_job(1, size=1_000))) <= WINDOW + sum(said)


async def test_room_shrinks_with_the_permits() -> None:
    """What was said cannot be taken back, but no more is added while more is on its way than there is room for."""
    pushed = Pushed()
    (await pushed.reading(room=100)).cancel()
    await quiet()
    for key in range(1, 24):
        reading = await pushed.reading(room=1)
        pushed.come(_a_job(key, size=1_000))
        await reading
    reading = await pushed.reading(room=1)

    assert [25_600 - WINDOW] == await pushed.rooms()
    reading.cancel()
    await quiet()


async def test_what_has_come_is_given_back_by_close() -> None:
    """Jobs that are ours already and that nobody has read are not forgotten; what is no job is left out."""
    pushed = Pushed()
    pushed.come(_a_job(1), b"\xff no job", _a_job(2))

    unread = pushed.stream.close()

    assert [1, 2] == [job.key for job in unread if isinstance(job, Job)]
    assert await pushed.stream.read(room=1) is None
    assert [] == pushed.stream.close()
