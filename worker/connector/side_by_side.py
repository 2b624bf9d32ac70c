"""The calls of a batch, asked at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

from worker.errors import ConnectorError
from worker.operations import Batch
from worker.wire import Call, Reply

__all__ = ["asked"]


async def asked(batch: Batch, ask: Callable[[Call], Awaitable[Reply]]) -> list[Reply | ConnectorError]:
    """The replies of *batch* in its order; the first failure that is not tolerated ends all others."""
    if len(batch.calls) == 1 and not batch.tolerates:  # the usual case: no task of its own for one call
        return [await ask(batch.calls[0])]
    room = asyncio.Semaphore(batch.concurrency)

    async def one(call: Call) -> Reply | ConnectorError:
        async with room:
            try:
                return await ask(call)
            except batch.tolerates as error:
                return error

    try:
        async with asyncio.TaskGroup() as tasks:
            begun = [tasks.create_task(one(call)) for call in batch.calls]
    except* ConnectorError as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in begun]
