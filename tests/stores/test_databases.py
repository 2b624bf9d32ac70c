import asyncio
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.postgres import PASSWORD, PostgresServer, ask
from tests.prometheus import free_port
from tests.stores.databases import database_at, opened
from worker.history import Place, StoreError
from worker.history.databases import Database, PostgresDatabase, Refused, SqliteDatabase, Statement
from worker.history.databases.schema import POSTGRES, SQLITE, STEPS

_ANSWER = Statement("SELECT answer FROM ours.answers WHERE job_key = ?1", [(7,)])
_ADD = "INSERT INTO ours.answers (job_key, request, kept_at, answer) VALUES (?1, ?2, ?3, ?4)"


async def columns(place: Place) -> list[tuple[object, ...]]:
    """The table's columns and whether each may be missing, as that database tells it."""
    if isinstance(place, Path):
        with sqlite3.connect(place) as database:
            found = database.execute("SELECT name, \"notnull\" FROM pragma_table_info('prompts')").fetchall()
        database.close()
        return [(name, bool(required)) for name, required in found]
    told = await ask(
        place.get_secret_value(),
        "SELECT column_name, is_nullable = 'NO' FROM information_schema.columns "
        "WHERE table_schema = 'azure_openai_worker' AND table_name = 'prompts' ORDER BY ordinal_position",
    )
    return list(told)


async def at_step_one(place: Place) -> None:
    """A database that an older worker has made, with an answer in it."""
    if isinstance(place, Path):
        with sqlite3.connect(place) as old:
            for sql in SQLITE.step(1):
                old.execute(sql)
            old.execute("INSERT INTO answers VALUES (7, x'00', 1.0, x'616e73776572')")
            old.execute("PRAGMA user_version = 1")
        old.close()
        return
    url = place.get_secret_value()
    await ask(url, "CREATE SCHEMA azure_openai_worker")
    await ask(url, "CREATE TABLE azure_openai_worker.schema_version (taken BIGINT NOT NULL)")
    for sql in POSTGRES.step(1):
        await ask(url, sql.replace("TABLE ", "TABLE azure_openai_worker.").replace(" ON ", " ON azure_openai_worker."))
    await ask(url, "INSERT INTO azure_openai_worker.schema_version VALUES (1)")
    await ask(url, "INSERT INTO azure_openai_worker.answers VALUES (7, '\\x00', 1.0, 'answer')")


async def at_a_newer_step(place: Place) -> None:
    """A database that a newer worker has made."""
    newer = len(STEPS) + 1
    if isinstance(place, Path):
        with sqlite3.connect(place) as database:
            database.execute(f"PRAGMA user_version = {newer}")
        database.close()
        return
    url = place.get_secret_value()
    await ask(url, "CREATE SCHEMA azure_openai_worker")
    await ask(url, "CREATE TABLE azure_openai_worker.schema_version (taken BIGINT NOT NULL)")
    await ask(url, "INSERT INTO azure_openai_worker.schema_version VALUES ($1)", newer)


async def test_an_older_schema_is_brought_up_to_date(place: Place) -> None:
    """What lies in it is kept, and what is new is there."""
    await at_step_one(place)
    async with opened(place) as database:
        kept = await database.run(_ANSWER)
        entries = await database.run(Statement("SELECT COUNT(*) FROM ours.prompts"))

    assert ([(b"answer",)], [(0,)]) == (kept, entries)


async def test_a_newer_schema_is_refused(place: Place) -> None:
    """The error says what to do, and nothing is touched."""
    await at_a_newer_step(place)
    async with opened(place) as database:
        with pytest.raises(StoreError, match=r"of a newer worker .* run that version"):
            await database.run(_ANSWER)

    assert [] == await columns(place)


async def test_several_start_at_the_same_time(place: Place) -> None:
    """Each step is taken once, and none of them fails."""
    databases: list[Database] = [database_at(place) for _ in range(8)]
    found = await asyncio.gather(*(database.run(_ANSWER) for database in databases))
    for database in databases:
        await database.close()

    assert [[]] * 8 == found


async def test_one_schema_for_both(tmp_path: Path, postgres: PostgresServer) -> None:
    """The same columns in the same order, required in the same cases."""
    places: list[Place] = [tmp_path / "a.db", SecretStr(postgres.database())]
    for place in places:
        async with opened(place) as database:
            await database.run(_ANSWER)
    sqlite, postgresql = [await columns(place) for place in places]

    assert sqlite == postgresql
    assert len(sqlite) == 31


async def test_all_or_nothing(place: Place) -> None:
    """When one of several statements is refused, nothing of the others is left."""
    async with opened(place) as database:
        with pytest.raises(Refused):
            await database.run(
                Statement(_ADD, [(7, b"a", 1.0, b"x"), (8, b"a", 1.0, b"x")]),
                Statement(_ADD, [(9, b"a", 1.0, None)]),
            )
        found = await database.run(Statement("SELECT COUNT(*) FROM ours.answers"))

    assert [(0,)] == found


async def test_a_refused_value_is_not_quoted(place: Place) -> None:
    """What a database says of a value may hold a prompt; the error says only what kind it is."""
    async with opened(place) as database:
        with pytest.raises(Refused) as caught:
            await database.run(Statement(_ADD, [(2**70, b"the prompt", 1.0, b"the answer")]))

    assert "the prompt" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_the_file_is_for_us_alone(tmp_path: Path) -> None:
    """It holds answers of processes; so do the files that SQLite puts beside it."""
    async with opened(tmp_path / "below" / "a.db") as database:
        await database.run(Statement(_ADD, [(7, b"a", 1.0, b"x")]))
        modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "below").iterdir()}

    assert {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600} == modes


async def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    """Nothing of it is left in the file, nor in the log beside it, though another process has both open."""
    file = tmp_path / "a.db"
    async with opened(file) as worker:
        await worker.run(Statement(_ADD, [(7, b"a", 1.0, b"the answer to a personal question")]))
        async with opened(file) as command:
            await command.run(Statement("DELETE FROM ours.answers"))
        left = await asyncio.to_thread(lambda: b"".join(each.read_bytes() for each in tmp_path.iterdir()))

    assert b"personal" not in left


@pytest.mark.parametrize("what", ["nobody listens", "wrong password", "no such database"])
async def test_no_error_holds_the_password(postgres: PostgresServer, what: str) -> None:
    """Neither as it is nor as a URL writes it, whatever goes wrong."""
    url = {
        "nobody listens": f"postgresql://owner:{PASSWORD}@127.0.0.1:{free_port()}/postgres",
        "wrong password": postgres.url("postgres", password="wr0ng%40"),
        "no such database": postgres.url("nowhere"),
    }[what]
    database = PostgresDatabase(SecretStr(url), within_s=5)
    with pytest.raises(StoreError) as caught:
        await database.run(_ANSWER)
    await database.close()

    assert str(caught.value).startswith("PostgreSQL: ")
    assert not any(word in str(caught.value) + repr(database) for word in ("ss-w0rd", "wr0ng"))


async def test_a_role_that_may_change_nothing(postgres: PostgresServer) -> None:
    """Once the schema is there, rights on its tables are enough; before, the error says what is missing."""
    url = postgres.database()
    await ask(url, "DROP ROLE IF EXISTS clerk")
    await ask(url, "CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
    as_clerk = url.replace(f"owner:{PASSWORD}", "clerk:clerk")
    async with opened(SecretStr(as_clerk)) as early:
        with pytest.raises(StoreError, match="permission denied"):
            await early.run(_ANSWER)
    async with opened(SecretStr(url)) as owner:
        await owner.run(_ANSWER)
    await ask(url, "GRANT USAGE ON SCHEMA azure_openai_worker TO clerk")
    await ask(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA azure_openai_worker TO clerk")
    async with opened(SecretStr(as_clerk)) as clerk:
        found = await clerk.run(_ANSWER)

    assert [] == found


async def test_a_locked_file(tmp_path: Path) -> None:
    """Another process that holds the file is waited for a little; then the file counts as out of order."""
    file = tmp_path / "a.db"
    async with opened(file) as database:
        await database.run(_ANSWER)
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreError, match="locked"):
                await database.run(Statement(_ADD, [(7, b"a", 1.0, b"x")]))
            other.execute("ROLLBACK")
        other.close()
        await database.run(Statement(_ADD, [(7, b"a", 1.0, b"x")]))
        found = await database.run(_ANSWER)

    assert [(b"x",)] == found


def test_a_file_that_nobody_needed(tmp_path: Path) -> None:
    """A database that was never used leaves no file behind."""
    asyncio.run(SqliteDatabase(tmp_path / "a.db").close())

    assert [] == list(tmp_path.iterdir())
