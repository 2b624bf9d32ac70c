"""A database that is out of order is left alone for a while, so that no job waits for it again and again."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from worker.history.databases.database import Database, Refused, Row, Statement, StoreError

__all__ = ["Careful"]

_FIRST_REST_S: Final = 1.0
_LONGEST_REST_S: Final = 30.0


class Careful:
    """
    *database*, which has *within_s* seconds for everything, and rests 1, 2, 4 … 30 s after a failure. See Database.

    While it rests, StoreError comes at once with the same cause; then one caller tries, and the others when it has
    worked. *clock* is monotonic, in seconds.
    """

    def __init__(self, database: Database, *, within_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._within_s = within_s
        self._clock = clock
        self._cause: str | None = None
        self._rest_s = _FIRST_REST_S
        self._rests_until_s = 0.0
        self._running: set[asyncio.Task[list[Row]]] = set()

    async def run(self, *statements: Statement) -> list[Row]:
        """See Database."""
        tries_again = self._cause is not None
        if self._cause is not None:
            if self._clock() < self._rests_until_s:
                raise StoreError(self._cause)
            self._rests_until_s = self._clock() + self._within_s  # nobody else waits for this attempt
        try:
            found = await self._in_time(statements)
        except Refused:
            self._works()
            raise
        except TimeoutError:
            raise self._failed(f"no answer within {self._within_s:g} s", tries_again=tries_again) from None
        except StoreError as error:
            raise self._failed(str(error), tries_again=tries_again) from None
        self._works()
        return found

    async def close(self) -> None:
        """See Database."""
        await self._database.close()

    async def _in_time(self, statements: tuple[Statement, ...]) -> list[Row]:
        """
        What the database gives. Raises TimeoutError.

        What takes too long is cancelled and not waited for: a server that hangs does not answer that either.
        """
        running = asyncio.create_task(self._database.run(*statements))
        self._running.add(running)
        running.add_done_callback(self._ended)
        try:
            await asyncio.wait({running}, timeout=self._within_s)
            if not running.done():
                raise TimeoutError
            return running.result()
        finally:
            running.cancel()

    def _ended(self, running: asyncio.Task[list[Row]]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # whoever wanted to know is told, or gone

    def _works(self) -> None:
        self._cause, self._rest_s = None, _FIRST_REST_S

    def _failed(self, cause: str, *, tries_again: bool) -> StoreError:
        """The error to raise. Of many that fail at the same time the first counts."""
        if tries_again or self._cause is None:
            self._rests_until_s = self._clock() + self._rest_s
            self._rest_s = min(_LONGEST_REST_S, 2 * self._rest_s)
        self._cause = cause
        return StoreError(cause)
