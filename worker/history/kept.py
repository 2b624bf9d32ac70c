"""Answers in a database: they outlive the process, and in PostgreSQL any worker finds them."""

import time
from collections.abc import Callable
from typing import Final

from worker.history.databases import Database, Statement
from worker.history.store import Key

__all__ = ["DatabaseStore"]

_LARGEST: Final = 4  # one answer takes a quarter of the room at most
_LOOK_AFTER: Final = 0.1  # of the room written: then it is looked whether there is too much

_FIND: Final = "SELECT answer FROM ours.answers WHERE job_key = ?1 AND request = ?2 AND kept_at >= ?3"
_KEEP: Final = """
    INSERT INTO ours.answers (job_key, request, kept_at, answer) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (job_key, request) DO UPDATE SET kept_at = excluded.kept_at, answer = excluded.answer
"""
_FORGET: Final = "DELETE FROM ours.answers WHERE job_key = ?1"
_FORGET_OLD: Final = "DELETE FROM ours.answers WHERE kept_at < ?1"
_BYTES: Final = "SELECT CAST(COALESCE(SUM(LENGTH(answer)), 0) AS BIGINT) FROM ours.answers"
_FORGET_BEYOND: Final = """
    DELETE FROM ours.answers WHERE (job_key, request) IN (
        SELECT job_key, request FROM (
            SELECT job_key, request, SUM(LENGTH(answer)) OVER (ORDER BY kept_at DESC, job_key, request) AS so_far
            FROM ours.answers
        ) AS aged WHERE so_far > ?1
    )
"""


class DatabaseStore:
    """
    Answers of the last *max_age_s* seconds in *database*, *max_bytes* of them at most; see Store.

    *clock* is the wall clock in seconds, since the database outlives the process.
    """

    def __init__(
        self, database: Database, *, max_bytes: int, max_age_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._clock = clock
        self._unseen_bytes = float(max_bytes)  # what lies there from before counts

    async def find(self, key: Key) -> bytes | None:
        """See Store."""
        rows = await self._database.run(Statement(_FIND, [(key.job_key, key.request, self._oldest_s())]))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None

    async def keep(self, key: Key, answer: bytes) -> None:
        """See Store."""
        if len(answer) * _LARGEST > self._max_bytes:
            return
        await self._database.run(Statement(_KEEP, [(key.job_key, key.request, self._clock(), answer)]))
        self._unseen_bytes += len(answer)
        if self._unseen_bytes > self._max_bytes * _LOOK_AFTER:
            self._unseen_bytes = 0.0
            await self._make_room()

    async def forget(self, job_key: int) -> None:
        """See Store."""
        await self._database.run(Statement(_FORGET, [(job_key,)]))

    async def close(self) -> None:
        """See Store."""
        await self._database.close()

    def _oldest_s(self) -> float:
        return self._clock() - self._max_age_s

    async def _make_room(self) -> None:
        """Drop what is too old, then the oldest, until a tenth of the room is free again."""
        [[held]] = await self._database.run(Statement(_FORGET_OLD, [(self._oldest_s(),)]), Statement(_BYTES))
        if isinstance(held, int) and held > self._max_bytes:
            await self._database.run(Statement(_FORGET_BEYOND, [(int(self._max_bytes * (1 - _LOOK_AFTER)),)]))
