"""Answers in a SQLite file: they outlive the process."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from worker.history.store import Key, StoreError

__all__ = ["SqliteStore"]

_T = TypeVar("_T")
_LARGEST: Final = 4  # one answer takes a quarter of the room at most
_BUSY_S: Final = 5.0  # another process may be writing
_READABLE_BY_US: Final = 0o600  # answers are the processes' business

# The schema, step by step; `user_version` counts the steps that a file has taken. A step is never changed.
MIGRATIONS: Final = (
    """
    CREATE TABLE answers (
        job_key INTEGER NOT NULL,
        request BLOB NOT NULL,
        kept_at REAL NOT NULL,
        answer BLOB NOT NULL,
        PRIMARY KEY (job_key, request)
    ) WITHOUT ROWID;
    CREATE INDEX answers_by_age ON answers (kept_at);
    """,
)


class SqliteStore:
    """
    Answers of the last *max_age_s* seconds in *file*, which is made when there is none; *max_bytes* of them at most.

    *clock* is the wall clock in seconds, since the file outlives the process. All work is done in one thread of its
    own. A commit outlives the process, though not a power cut in the same second. After a failure the file is opened
    anew.
    """

    def __init__(self, file: Path, *, max_bytes: int, max_age_s: float, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._connection: sqlite3.Connection | None = None
        self._bytes = 0

    async def find(self, key: Key) -> bytes | None:
        """See Store."""

        def found(database: sqlite3.Connection) -> bytes | None:
            query = "SELECT answer FROM answers WHERE job_key = ? AND request = ? AND kept_at >= ?"
            row = database.execute(query, (key.job_key, key.request, self._oldest_s())).fetchone()
            return bytes(row[0]) if row else None

        return await self._do(found)

    async def keep(self, key: Key, answer: bytes) -> None:
        """See Store."""
        if len(answer) * _LARGEST > self._max_bytes:
            return

        def kept(database: sqlite3.Connection) -> None:
            row = (key.job_key, key.request, self._clock(), answer)
            database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
            self._bytes += len(answer)
            if self._bytes > self._max_bytes:
                self._make_room(database)

        await self._do(kept)

    async def forget(self, job_key: int) -> None:
        """See Store."""
        await self._do(lambda database: database.execute("DELETE FROM answers WHERE job_key = ?", (job_key,)))

    async def close(self) -> None:
        """See Store."""
        self._thread.submit(self._disconnect)
        await asyncio.to_thread(self._thread.shutdown)

    async def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._done, work)

    def _done(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            if self._connection is None:
                self._connection = self._connect()
            with self._connection as transaction:
                return work(transaction)
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            raise StoreError(f"{self._file.name}: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=_READABLE_BY_US)
        database = sqlite3.connect(self._file, timeout=_BUSY_S, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _migrate(database)
            database.execute("DELETE FROM answers WHERE kept_at < ?", (self._oldest_s(),))
            database.commit()
            self._make_room(database)
        except BaseException:
            database.close()
            raise
        return database

    def _disconnect(self) -> None:
        database, self._connection = self._connection, None
        if database is not None:
            database.close()

    def _oldest_s(self) -> float:
        return self._clock() - self._max_age_s

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Drop what is too old, then the oldest, until a tenth of the room is free again."""
        database.execute("DELETE FROM answers WHERE kept_at < ?", (self._oldest_s(),))
        rows = database.execute("SELECT kept_at, length(answer) FROM answers ORDER BY kept_at DESC").fetchall()
        self._bytes = sum(size for _, size in rows)
        if self._bytes <= self._max_bytes:
            return
        while rows and self._bytes > self._max_bytes * 0.9:
            kept_at, size = rows.pop()
            self._bytes -= size
            database.execute("DELETE FROM answers WHERE kept_at <= ?", (kept_at,))


def _migrate(database: sqlite3.Connection) -> None:
    (taken,) = database.execute("PRAGMA user_version").fetchone()
    if taken > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"made by a newer worker (schema {taken}, this one knows {len(MIGRATIONS)})")
    for number, step in enumerate(MIGRATIONS[taken:], start=taken + 1):
        database.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
