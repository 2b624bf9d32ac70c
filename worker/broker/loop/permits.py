"""How many more jobs may be taken: one count for everything that takes jobs."""

import asyncio

__all__ = ["Permits"]


class Permits:
    """*capacity* permits. Whoever takes a job from the broker holds one for it until the job is settled."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._free = capacity
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def free(self) -> int:
        """How many can be taken now. Below 0 while a gateway has sent more jobs than it was asked for."""
        return self._free

    def resize(self, capacity: int) -> None:
        """Let there be *capacity*. Those that are out beyond it are not called back, but not replaced either."""
        added, self.capacity = capacity - self.capacity, capacity
        self.give_back(added)

    def take(self, most: int = 1) -> int:
        """Take up to *most*, at once; gives how many."""
        taken = max(0, min(most, self._free))
        self._free -= taken
        return taken

    def give_back(self, count: int = 1) -> None:
        """Give *count* back and wake whoever that is enough for."""
        self._free += count
        for least, future in self._waiting:
            if self._free >= least and not future.done():
                future.set_result(None)

    async def available(self, least: int = 1, *, within_s: float | None = None) -> bool:
        """Wait until *least* are free, at most *within_s*; whether they are. Nothing is taken."""
        try:
            async with asyncio.timeout(within_s):
                while self._free < least:
                    await self._change(least)
        except TimeoutError:
            return False
        return True

    async def _change(self, least: int) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (least, future)
        self._waiting.append(entry)
        try:
            await future
        finally:
            self._waiting.remove(entry)
