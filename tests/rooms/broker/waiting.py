"""Waiting for the thing itself instead of for a while."""

import asyncio
from collections.abc import Callable

__all__ = ["eventually", "quiet"]


async def eventually(is_so: Callable[[], object], *, within_s: float = 10.0) -> None:
    """Wait until *is_so* gives something true. Raises TimeoutError when it does not *within_s*."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - what a test looks at tells nobody that it has changed
            await asyncio.sleep(0.002)


async def quiet() -> None:
    """Let everything happen that can happen without time passing or bytes arriving."""
    for _ in range(50):
        await asyncio.sleep(0)
