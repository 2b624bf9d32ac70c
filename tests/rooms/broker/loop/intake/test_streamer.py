import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from tests.rooms.broker.loop.intake.conftest import Now, Taken
from tests.rooms.broker.waiting import eventually, quiet
from worker.broker import GatewayUnavailable, NotSupported
from worker.broker.loop.intake import Streamer, Surroundings
from worker.broker.loop.permits import Permits
from worker.events import Event, StreamLost

Make = Callable[..., Surroundings]


@asynccontextmanager
async def running(streamer: Streamer) -> AsyncIterator[asyncio.Task[None]]:
    """The streamer streams, and has ended afterwards."""
    task = asyncio.create_task(streamer.run())
    yield task
    streamer.stop()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_pushed_jobs_are_accepted(make: Make, fake: FakeGateway, taken: Taken, permits: Permits) -> None:
    """Each with a permit."""
    async with running(Streamer(make())):
        await eventually(lambda: fake.streams)
        for key in range(3):
            fake.streams[0].line.put_nowait(a_job(key))
        await eventually(lambda: len(taken) == 3)

        assert permits.free == 7


async def test_nothing_is_read_without_a_permit(make: Make, fake: FakeGateway, taken: Taken, permits: Permits) -> None:
    """The stream stands still until a permit comes free; what waits behind it is asked for then."""
    nudges: list[str] = []
    streamer = Streamer(make())
    streamer.when_jobs_may_wait = lambda: nudges.append("poll")
    async with running(streamer):
        await eventually(lambda: fake.streams)
        for key in range(20):
            fake.streams[0].line.put_nowait(a_job(key))
        await eventually(lambda: permits.free == 0)
        await quiet()
        assert (len(taken), fake.streams[0].line.qsize()) == (10, 10)

        nudges.clear()
        permits.give_back()
        await eventually(lambda: len(taken) == 11)
        assert nudges


async def test_a_job_that_meets_no_permit_is_given_back(
    make: Make, fake: FakeGateway, taken: Taken, permits: Permits
) -> None:
    """The poller may have taken all permits while the stream waited; the job goes to others after a moment."""
    async with running(Streamer(make(hold_s=0.01))):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        permits.take(10)
        fake.streams[0].line.put_nowait(a_job(1))
        await eventually(lambda: taken.back)

        assert (taken.back, list(taken)) == ([a_job(1)], [])


async def test_a_job_waits_a_moment_for_a_permit(make: Make, fake: FakeGateway, taken: Taken, permits: Permits) -> None:
    """Short jobs free a permit soon, so giving the job back would only cost."""
    async with running(Streamer(make(hold_s=30))):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        permits.take(10)
        fake.streams[0].line.put_nowait(a_job(1))
        await quiet()

        permits.give_back()
        await eventually(lambda: taken)
        assert permits.free == 0


async def test_a_job_in_hand_is_given_back_by_stop(
    make: Make, fake: FakeGateway, taken: Taken, permits: Permits
) -> None:
    """A drain does not lose the job that waits for a permit."""
    streamer = Streamer(make(hold_s=30))
    async with running(streamer) as task:
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        permits.take(10)
        fake.streams[0].line.put_nowait(a_job(1))
        await quiet()

        streamer.stop()
        await asyncio.wait([task], timeout=1)
        assert taken.back == [a_job(1)]


async def test_a_broken_stream_is_opened_again(make: Make, fake: FakeGateway, taken: Taken) -> None:
    """However often it breaks or ends; the poller looks meanwhile."""
    nudges: list[str] = []
    streamer = Streamer(make())
    streamer.when_jobs_may_wait = lambda: nudges.append("poll")
    async with running(streamer):
        for round_ in range(20):
            await fake.has_streams(round_ + 1)
            fake.streams[-1].line.put_nowait(GatewayUnavailable("broken") if round_ % 2 else None)
        await eventually(lambda: len(fake.streams) == 21)
        fake.streams[-1].line.put_nowait(a_job())
        await eventually(lambda: taken)

        assert len(nudges) > 20
        assert all(stream.is_closed for stream in fake.streams[:-1])


async def test_only_a_stream_that_fails_alone_is_told(make: Make, fake: FakeGateway, events: list[Event]) -> None:
    """When polls are answered and streams are not, somebody should know; else BrokerLost has said it."""
    around = make()
    fake.troubles["stream"].extend([GatewayUnavailable("proxy")] * 10)
    async with running(Streamer(around)):
        await eventually(lambda: fake.streams)
    assert events == []

    around.contact.reached()
    events.clear()
    fake.streams.clear()
    fake.troubles["stream"].extend([GatewayUnavailable("proxy")] * 10)
    async with running(Streamer(around)):
        await eventually(lambda: fake.streams)
    assert events == [StreamLost(job_type="a", cause="proxy", retry_in_s=0.002)] * 9


async def test_a_gateway_without_streams_is_polled(make: Make, fake: FakeGateway) -> None:
    """The stream is off until the gateway has been away, since it may come back as a newer version."""
    around = make()
    fake.troubles["stream"].append(NotSupported("unknown"))
    streamer = Streamer(around)
    async with running(streamer):
        await eventually(lambda: not streamer.is_on)
        around.contact.reached()
        await eventually(lambda: fake.streams)

        assert streamer.is_on


async def test_a_stream_that_seems_dead_is_reopened(make: Make, fake: FakeGateway, now: Now) -> None:
    """It brings nothing for long while polls find jobs."""
    streamer = Streamer(make(stream_silence_s=60))
    async with running(streamer):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        now.s += 61
        streamer.look_after(found=0)
        assert not fake.streams[0].is_closed

        streamer.look_after(found=1)
        await eventually(lambda: len(fake.streams) == 2)
        assert fake.streams[0].is_closed


async def test_a_stream_that_brings_jobs_is_left_alone(make: Make, fake: FakeGateway, taken: Taken, now: Now) -> None:
    """Finding jobs by poll is normal beside a stream that works."""
    streamer = Streamer(make(stream_silence_s=60))
    async with running(streamer):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        now.s += 61
        fake.streams[0].line.put_nowait(a_job())
        await eventually(lambda: taken)
        streamer.look_after(found=5)

        assert not fake.streams[0].is_closed


async def test_an_old_stream_is_reopened(make: Make, fake: FakeGateway, now: Now) -> None:
    """So that gateways that were added behind a balancer get their share."""
    streamer = Streamer(make(stream_age_most_s=60))
    async with running(streamer):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        now.s += 61
        streamer.look_after(found=0)

        await eventually(lambda: len(fake.streams) == 2)


async def test_a_waiting_stream_is_ended_by_stop(make: Make, fake: FakeGateway) -> None:
    """A drain closes the call, and the streamer ends by itself."""
    streamer = Streamer(make())
    async with running(streamer) as task:
        await eventually(lambda: fake.streams and fake.streams[0].rooms)

        streamer.stop()
        await asyncio.wait([task], timeout=1)

        assert (task.done(), fake.streams[0].is_closed) == (True, True)


async def test_the_first_job_after_a_quiet_while_wakes_the_poller(
    make: Make, fake: FakeGateway, taken: Taken, now: Now
) -> None:
    """Jobs come together, and those that the stream did not take at once would wait until the poller has rested."""
    nudges: list[str] = []
    streamer = Streamer(make(poll_pause_first_s=1.0))
    streamer.when_jobs_may_wait = lambda: nudges.append("poll")
    async with running(streamer):
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        nudges.clear()
        now.s += 2
        for key in range(3):
            fake.streams[0].line.put_nowait(a_job(key))
        await eventually(lambda: len(taken) == 3)

    assert nudges == ["poll"]


async def test_it_says_for_how_many_there_is_room(make: Make, fake: FakeGateway, taken: Taken) -> None:
    """For as many as there are permits; each type of jobs counts on its part of them, since they are for all."""
    async with running(Streamer(make(job_types=("a", "b")))):
        await eventually(lambda: fake.streams)
        for key in range(3):
            fake.streams[0].line.put_nowait(a_job(key))
        await eventually(lambda: len(fake.streams[0].rooms) == 4)

    assert [5, 4, 4, 3] == fake.streams[0].rooms
    assert 3 == len(taken)


async def test_jobs_that_came_unread_are_given_back(make: Make, fake: FakeGateway, taken: Taken) -> None:
    """They are leased to us, and nobody would work on them until their leases end."""
    streamer = Streamer(make())
    async with running(streamer) as task:
        await eventually(lambda: fake.streams and fake.streams[0].rooms)
        fake.streams[0].unread = [a_job(1), a_job(2)]

        streamer.stop()
        await asyncio.wait([task], timeout=1)

        assert (taken.back, list(taken)) == ([a_job(1), a_job(2)], [])
