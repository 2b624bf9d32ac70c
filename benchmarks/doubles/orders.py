"""How a double is told what to do: one JSON object a line on standard input, one in answer; the end of it ends it."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["obey"]


async def obey(
    first: dict[str, Any], told: Callable[[dict[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]
) -> None:
    """Print *first*, then for each line of input what *told* makes of it."""
    _say(first)
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        answer = told(json.loads(line))
        _say(answer if isinstance(answer, dict) else await answer)


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)
