"""Whether the credentials that the operator's connections name can be read: a worker without them is not ready."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from worker.connector import Access

__all__ = ["Credentials"]

_AGAIN_S: Final = 5.0


class Credentials:
    """
    Reads each secret in *names* once, at the start, however long that takes; jobs are taken meanwhile.

    A key that goes missing later is no reason to be unready: what was read is kept, and other connections work.
    """

    def __init__(
        self, access: Access, names: Sequence[str], *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._access = access
        self._names = names
        self._sleep = sleep
        self._lacks: str | None = "credentials not read yet" if names else None

    def lacks(self) -> str | None:
        """What is missing, by name; None when everything has been read."""
        return self._lacks

    async def load(self) -> None:
        """Come back when everything has been read."""
        while self._lacks is not None:
            self._lacks = await self._access.missing(self._names)
            if self._lacks is not None:
                await self._sleep(_AGAIN_S)
