"""A SQLite file: nothing to set up, for one worker."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from worker.history.databases.database import Refused, Row, Statement, StoreError
from worker.history.databases.schema import SQLITE, ahead

__all__ = ["SqliteDatabase"]

_BUSY_S: Final = 2.0  # another process may be writing
_READABLE_BY_US: Final = 0o600  # answers are the processes' business
_BAD_VALUES: Final = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, OverflowError, ValueError)


class SqliteDatabase:
    """
    *file*, which is made when there is none. See Database.

    All work is done in one thread of its own. A commit outlives the process, though not a power cut in the same second.
    What is deleted is overwritten. After a failure the file is opened anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._connection: sqlite3.Connection | None = None

    async def run(self, *statements: Statement) -> list[Row]:
        """See Database."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, statements)

    async def close(self) -> None:
        """See Database."""
        self._thread.submit(self._settle)
        await asyncio.to_thread(self._thread.shutdown)

    def _run(self, statements: tuple[Statement, ...]) -> list[Row]:
        try:
            if self._connection is None:
                self._connection = self._connect()
            with _transaction(self._connection, "BEGIN"):
                return [_done(self._connection, statement) for statement in statements][-1]
        except _BAD_VALUES as error:
            raise Refused(f"{self._file.name}: refuses a value ({type(error).__name__})") from None
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            raise StoreError(f"{self._file.name}: {error}") from error
        except StoreError as error:
            raise StoreError(f"{self._file.name}: {error}") from None

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=_READABLE_BY_US)
        database = sqlite3.connect(self._file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            for setting in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
                database.execute(f"PRAGMA {setting}")
            _migrate(database)
        except BaseException:
            database.close()
            raise
        return database

    def _settle(self) -> None:
        """Bring what was written, and what was overwritten, from the log into the file: others may have it open."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._disconnect()

    def _disconnect(self) -> None:
        database, self._connection = self._connection, None
        if database is not None:
            database.close()


@contextmanager
def _transaction(database: sqlite3.Connection, begin: str) -> Iterator[None]:
    database.execute(begin)
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _done(database: sqlite3.Connection, statement: Statement) -> list[Row]:
    sql = SQLITE.sql(statement.sql)
    found: list[Row] = []
    for row in statement.rows:
        found = database.execute(sql, row).fetchall()
    return found


def _migrate(database: sqlite3.Connection) -> None:
    """Take the steps that are missing. One process does, the others wait for it."""
    if not ahead(_taken(database)):
        return
    with _transaction(database, "BEGIN IMMEDIATE"):
        for number in ahead(_taken(database)):
            for statement in SQLITE.step(number):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def _taken(database: sqlite3.Connection) -> int:
    (taken,) = database.execute("PRAGMA user_version").fetchone()
    return int(taken)
