import asyncio

import pytest

from worker.azure.sending import TimeLimit
from worker.timers import Timers


async def test_enough_time() -> None:
    """Nothing happens, then or later."""
    with TimeLimit(0.01, Timers()):
        pass
    await asyncio.sleep(0.05)


async def test_what_takes_too_long_is_ended() -> None:
    """With TimeoutError, and the task can go on."""
    with pytest.raises(TimeoutError), TimeLimit(0.01, Timers()):
        await asyncio.sleep(10)
    await asyncio.sleep(0)

    task = asyncio.current_task()
    assert task is not None
    assert 0 == task.cancelling()


async def test_a_cancellation_by_others_stays_one() -> None:
    """Also where the time is over in the same moment."""

    async def limited(limit_s: float) -> None:
        with TimeLimit(limit_s, Timers()):
            await asyncio.sleep(10)

    for limit_s in (10, -1):
        task = asyncio.create_task(limited(limit_s))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(task.cancel)
        await asyncio.wait([task])

        assert task.cancelled(), limit_s


async def test_another_error_is_left_alone() -> None:
    """What went wrong inside says more than that the time was over."""

    async def fails() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise ValueError("inside") from None

    with pytest.raises(ValueError, match="inside"), TimeLimit(0, Timers()):
        await fails()


def test_outside_of_a_task() -> None:
    """There is nothing that could be ended."""

    async def loop() -> None:
        failed = asyncio.get_running_loop().create_future()

        def enter() -> None:
            with pytest.raises(RuntimeError, match="task"):
                TimeLimit(1, Timers()).__enter__()
            failed.set_result(None)

        asyncio.get_running_loop().call_soon(enter)
        await failed

    asyncio.run(loop())
