import asyncio

from worker.broker.loop.permits import Permits


def test_no_more_are_given_than_there_are() -> None:
    """Whoever asks for many gets what is there."""
    permits = Permits(5)

    assert [permits.take(3), permits.take(3), permits.take()] == [3, 2, 0]
    assert permits.free == 0


async def test_who_waits_is_woken_by_what_it_needs() -> None:
    """A permit that is given back wakes the one for whom it is enough, at once and without a pause."""
    permits = Permits(4)
    permits.take(4)
    few = asyncio.create_task(permits.available(1))
    many = asyncio.create_task(permits.available(3))
    await asyncio.sleep(0)

    permits.give_back(2)
    assert await few
    assert not many.done()

    permits.give_back(1)
    assert await many


async def test_a_wait_can_end_without_permits() -> None:
    """A wait that has a limit says that nothing came, and leaves nothing behind."""
    permits = Permits(1)
    permits.take()

    assert not await permits.available(within_s=0.01)
    permits.give_back()
    assert permits.take() == 1


async def test_a_cancelled_wait_takes_nothing() -> None:
    """A slot is not lost with the one who waited for it."""
    permits = Permits(1)
    permits.take()
    waiting = asyncio.create_task(permits.available())
    await asyncio.sleep(0)

    permits.give_back()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert permits.free == 1


async def test_more_jobs_than_were_asked_for_are_counted() -> None:
    """A gateway that sends too much does not raise the limit: nothing is free until the surplus is done."""
    permits = Permits(2)
    permits.take(2)
    permits.give_back(-1)
    permits.give_back(1)

    assert permits.take() == 0
    permits.give_back(1)
    assert permits.take() == 1


async def test_fewer_permits() -> None:
    """What is out beyond a smaller number is not replaced when it comes back; a larger one wakes who waits."""
    permits = Permits(4)
    permits.take(4)
    permits.resize(2)
    permits.give_back(2)
    assert permits.take() == 0

    waiting = asyncio.create_task(permits.available())
    await asyncio.sleep(0)
    permits.resize(3)

    assert await waiting
    assert permits.take(9) == 1
