"""The table of entries: added to, looked into, and cleaned."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

import msgspec

from worker.history.databases import Database, Row, Statement, Value
from worker.history.prompts.entry import Entry

__all__ = ["Register", "Wanted"]

_COLUMNS: Final = tuple(field.name for field in fields(Entry))
_BRIEF: Final = {"message": "NULL", "request": "NULL", "answer": "NULL"}  # what a list has no room for
_PARAMETERS: Final = ", ".join(f"?{number}" for number in range(1, len(_COLUMNS) + 1))
_ADD: Final = f"""
    INSERT INTO ours.prompts ({", ".join(_COLUMNS)}) VALUES ({_PARAMETERS}) ON CONFLICT (id) DO NOTHING
"""
_FORGET_OLD: Final = "DELETE FROM ours.prompts WHERE ended_at < ?1"
_BYTES: Final = "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM ours.prompts"
_FORGET_BEYOND: Final = """
    DELETE FROM ours.prompts WHERE id IN (
        SELECT id FROM (
            SELECT id, SUM(size_bytes) OVER (ORDER BY id DESC) AS so_far FROM ours.prompts
        ) AS aged WHERE so_far > CAST(?1 AS BIGINT)
    )
"""
_ROOM: Final = 0.9  # of the bound is left when the bound was passed
_AT_A_TIME: Final = 200  # entries that are read at once: with all their texts they are in memory together


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: those that fit all that is given. Times are in seconds since 1970; *until* is not in it."""

    since: float | None = None
    until: float | None = None
    tenant: str | None = None
    process: str | None = None
    process_instance: int | None = None
    operation: str | None = None
    deployment: str | None = None
    outcome: str | None = None
    reason: str | None = None

    def where(self) -> tuple[str, list[Value]]:
        """The condition, and its parameters from `?1` on."""
        asked = {
            "ended_at >=": self.since,
            "ended_at <": self.until,
            **{f"{name} =": getattr(self, name) for name in _EQUAL},
        }
        given = {condition: value for condition, value in asked.items() if value is not None}
        parts = [f"{condition} ?{number}" for number, condition in enumerate(given, start=1)]
        return " AND ".join(["1 = 1", *parts]), list(given.values())


_EQUAL: Final = ("tenant", "process", "process_instance", "operation", "deployment", "outcome", "reason")


class Register:
    """The entries in *database*. All methods raise StoreError where it is out of order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entries: Sequence[Entry]) -> None:
        """Add *entries*, all or none; one that is there already stays as it is."""
        await self._database.run(Statement(_ADD, [_row(entry) for entry in entries]))

    async def trim(self, *, oldest: float, max_bytes: int) -> None:
        """Drop what ended before *oldest*, and what is beyond *max_bytes*, the oldest first."""
        [[held]] = await self._database.run(Statement(_FORGET_OLD, [(oldest,)]), Statement(_BYTES))
        if isinstance(held, int) and held > max_bytes:
            await self._database.run(Statement(_FORGET_BEYOND, [(int(max_bytes * _ROOM),)]))

    async def latest(self, wanted: Wanted, *, count: int) -> list[Entry]:
        """The *count* latest entries, the latest first, without their texts."""
        condition, values = wanted.where()
        columns = ", ".join(_BRIEF.get(name, name) for name in _COLUMNS)
        sql = f"SELECT {columns} FROM ours.prompts WHERE {condition} ORDER BY id DESC LIMIT {count:d}"
        return [_entry(row) for row in await self._database.run(Statement(sql, [tuple(values)]))]

    async def one(self, number: str) -> Entry | None:
        """The entry with that id, with all that is kept of it."""
        sql = f"SELECT {', '.join(_COLUMNS)} FROM ours.prompts WHERE id = ?1"
        rows = await self._database.run(Statement(sql, [(number,)]))
        return _entry(rows[0]) if rows else None

    async def all(self, wanted: Wanted) -> AsyncIterator[Entry]:
        """Every entry with all that is kept of it, the oldest first."""
        condition, values = wanted.where()
        sql = f"""
            SELECT {", ".join(_COLUMNS)} FROM ours.prompts
            WHERE {condition} AND id > ?{len(values) + 1} ORDER BY id LIMIT {_AT_A_TIME}
        """
        last = ""
        while rows := await self._database.run(Statement(sql, [(*values, last)])):
            for row in rows:
                yield _entry(row)
            last = str(rows[-1][0])

    async def count(self, wanted: Wanted) -> int:
        """How many there are."""
        condition, values = wanted.where()
        sql = f"SELECT COUNT(*) FROM ours.prompts WHERE {condition}"
        [[number]] = await self._database.run(Statement(sql, [tuple(values)]))
        return int(number or 0)

    async def purge(self, wanted: Wanted) -> None:
        """Delete them, and the answers that are kept for their jobs in the same database."""
        condition, values = wanted.where()
        jobs = f"SELECT job FROM ours.prompts WHERE {condition}"
        await self._database.run(
            Statement(f"DELETE FROM ours.answers WHERE job_key IN ({jobs})", [tuple(values)]),
            Statement(f"DELETE FROM ours.prompts WHERE {condition}", [tuple(values)]),
        )

    async def close(self) -> None:
        """End it."""
        await self._database.close()


def _row(entry: Entry) -> Row:
    return tuple(getattr(entry, name) for name in _COLUMNS)


def _entry(row: Row) -> Entry:
    return msgspec.convert(dict(zip(_COLUMNS, row, strict=True)), Entry)
