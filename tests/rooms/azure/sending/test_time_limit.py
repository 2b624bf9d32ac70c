import asyncio

import pytest

from worker.azure.sending import TimeLimit
from worker.timers import Timers


async def _hangs() -> None:
    await asyncio.get_running_loop().create_future()


async def test_enough_time() -> None:
    """Nothing happens, then or while something else takes too long."""
    timers = Timers()
    with TimeLimit(0.01, timers):
        await asyncio.sleep(0)
    with pytest.raises(TimeoutError), TimeLimit(0.05, timers):
        await _hangs()


async def test_what_takes_too_long_is_ended() -> None:
    """With TimeoutError, and the task can go on."""
    with pytest.raises(TimeoutError), TimeLimit(0.01, Timers()):
        await _hangs()
    await asyncio.sleep(0)

    task = asyncio.current_task()
    assert task is not None
    assert 0 == task.cancelling()


@pytest.mark.parametrize("limit_s", [10, -1])
async def test_a_cancellation_by_others_stays_one(limit_s: float) -> None:
    """Also where the time is over in the same moment."""

    async def limited() -> None:
        with TimeLimit(limit_s, Timers()):
            await _hangs()

    task = asyncio.create_task(limited())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(task.cancel)
    await asyncio.wait([task])

    assert task.cancelled()


async def test_another_error_is_left_alone() -> None:
    """What went wrong inside says more than that the time was over."""

    async def fails() -> None:
        try:
            await _hangs()
        except asyncio.CancelledError:
            raise ValueError("inside") from None

    with pytest.raises(ValueError, match="inside"), TimeLimit(0, Timers()):
        await fails()


async def test_outside_of_a_task() -> None:
    """There is nothing that could be ended."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def enter() -> None:
        with pytest.raises(RuntimeError) as refused:
            TimeLimit(1, Timers()).__enter__()
        told.set_result(str(refused.value))

    asyncio.get_running_loop().call_soon(enter)

    assert "only a task" in await told
