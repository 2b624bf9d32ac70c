"""The loop's clock, moved by hand."""

import asyncio

from tests.rooms.broker.waiting import quiet

__all__ = ["Clock"]


class Clock:
    """Stands still until time *passes*; bytes come and go all the same."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._now_s = loop.time()

    def __call__(self) -> float:
        return self._now_s

    async def passes(self, seconds: float) -> None:
        """Let so much time go by, and everything happen that was waiting for it."""
        self._now_s += seconds
        await quiet()
