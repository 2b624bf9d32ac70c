import sqlite3
import time
from pathlib import Path

import pytest

from worker.history import Key, StoreError
from worker.history.databases import SqliteDatabase
from worker.history.databases.schema import STEPS
from worker.history.kept import DatabaseStore

pytestmark = pytest.mark.may_block("the tests look into the file themselves")


class Clock:
    """The wall clock, moved by the test."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def a_store(folder: Path, *, clock: Clock | None = None) -> DatabaseStore:
    """Room for a thousand bytes and a minute."""
    return DatabaseStore(SqliteDatabase(folder / "a.db"), max_bytes=1_000, max_age_s=60, clock=clock or time.time)


def a_key(number: int) -> Key:
    return Key(job_key=number, head=b"h", body=b"b")


async def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    """An answer is found for as long as the operator wants, and then deleted."""
    clock = Clock()
    store = a_store(tmp_path, clock=clock)
    await store.keep(a_key(1), b"one")
    clock.now_s += 59
    young = await store.find(a_key(1))
    clock.now_s += 2
    old = await store.find(a_key(1))
    await store.close()

    assert (b"one", None) == (young, old)


async def test_the_file_is_bounded(tmp_path: Path) -> None:
    """The oldest answers go when there is no room for more."""
    clock = Clock()
    store = a_store(tmp_path, clock=clock)
    for number in range(20):
        clock.now_s += 1
        await store.keep(a_key(number), b"x" * 100)
    await store.keep(a_key(99), b"x" * 251)
    found = [number for number in (*range(20), 99) if await store.find(a_key(number))]
    await store.close()

    assert found
    assert found == list(range(found[0], 20))
    assert len(found) <= 10


async def test_forgets_one_job(tmp_path: Path) -> None:
    """All answers of a job go, and no others."""
    store = a_store(tmp_path)
    for number in (1, 2):
        await store.keep(a_key(number), b"x")
    await store.forget(1)
    found = [await store.find(a_key(number)) for number in (1, 2)]
    await store.close()

    assert [None, b"x"] == found


async def test_a_file_that_is_none(tmp_path: Path) -> None:
    """What cannot be used raises StoreError, every time, and works once it can be."""
    file = tmp_path / "a.db"
    file.write_bytes(b"this is no database" * 100)
    store = a_store(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"a\.db"):
            await store.find(a_key(1))
    file.unlink()
    await store.keep(a_key(1), b"x")
    found = await store.find(a_key(1))
    await store.close()

    assert b"x" == found


async def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """A file of a newer worker is not touched by an older one."""
    file = tmp_path / "a.db"
    database = sqlite3.connect(file)
    database.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    database.close()
    store = a_store(tmp_path)

    with pytest.raises(StoreError, match="newer worker"):
        await store.find(a_key(1))
    await store.close()
