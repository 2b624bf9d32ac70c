"""How a double is told what to do: one JSON object a line on standard input, one in answer; the end of it ends it."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["obey"]


async def obey(first: dict[str, Any], told: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
    """
    Print *first*, then for each line of input what *told* makes of it, as soon as it is known.

    An answer has the number of its order, so that one that nobody waits for any more is not taken for another. An
    OSError becomes an answer too: the process that was to be looked at is gone.
    """
    _say(first)
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()
    while line := await lines.readline():
        task = loop.create_task(_answer(json.loads(line), told))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _answer(order: dict[str, Any], told: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
    number = order.pop("number")
    try:
        answer = await told(order)
    except OSError as error:
        answer = {"error": str(error)}
    _say({"number": number, **answer})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)
