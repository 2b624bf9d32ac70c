"""PostgreSQL: for several workers that share what they keep."""

import asyncio
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from worker.extras import optional
from worker.history.databases.database import Refused, Row, Statement, StoreError
from worker.history.databases.schema import POSTGRES, STEPS, ahead

__all__ = ["PostgresDatabase"]

_Connection = Any  # asyncpg brings no types

_MASK: Final = "***"
_CONNECTIONS_AT_MOST: Final = 4  # of one worker: a statement takes a millisecond or two
_GOODBYE_S: Final = 1.0
_LOCK: Final = 0x617A7572656F6169  # "azureoai": whoever has this advisory lock changes the schema, the others wait


class PostgresDatabase:
    """
    The database at *url* (`postgresql://user:password@host/name?sslmode=…`), in a schema of our own. See Database.

    *within_s* bounds the way in and each statement. It is connected to when it is first needed. No text of an error
    holds the password.
    """

    def __init__(self, url: SecretStr, *, within_s: float) -> None:
        self._asyncpg = optional("asyncpg", extra="postgres", purpose="a database in PostgreSQL")
        self._url = url
        self._within_s = within_s
        self._pool: Any = None  # a pool, once there is one
        self._is_ready = False

    async def run(self, *statements: Statement) -> list[Row]:
        """See Database."""
        known = self._asyncpg
        try:
            return await self._run(statements)
        except TimeoutError:
            raise StoreError(f"PostgreSQL: no answer within {self._within_s:g} s") from None
        except (known.DataError, known.IntegrityConstraintViolationError) as error:  # its text may quote the value
            raise Refused(f"PostgreSQL refuses a value ({type(error).__name__})") from None
        except (known.PostgresError, known.InterfaceError, known.InternalClientError, OSError, ValueError) as error:
            raise StoreError(self._told(error)) from None
        except StoreError as error:
            raise StoreError(f"PostgreSQL: {error}") from None

    async def close(self) -> None:
        """See Database."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), _GOODBYE_S)
        except (TimeoutError, OSError, self._asyncpg.InterfaceError, self._asyncpg.PostgresError):
            pool.terminate()

    async def _run(self, statements: tuple[Statement, ...]) -> list[Row]:
        async with (await self._connections()).acquire(timeout=self._within_s) as connection:
            if not self._is_ready:
                await _migrate(connection)
                self._is_ready = True
            if len(statements) == 1:
                return await _done(connection, statements[0])
            async with connection.transaction():
                return [await _done(connection, statement) for statement in statements][-1]

    def _connections(self) -> _Connection:
        if self._pool is None:
            self._pool = self._asyncpg.create_pool(
                self._url.get_secret_value(),
                min_size=0,
                max_size=_CONNECTIONS_AT_MOST,
                timeout=self._within_s,
                command_timeout=self._within_s,
                server_settings={"application_name": "azure-openai-worker"},
            )
        return self._pool

    def _told(self, error: Exception) -> str:
        text = f"PostgreSQL: {error or type(error).__name__}"
        password = urlsplit(self._url.get_secret_value()).password
        for form in (password, unquote(password)) if password else ():
            text = text.replace(form, _MASK)
        return text


async def _done(connection: _Connection, statement: Statement) -> list[Row]:
    sql = POSTGRES.sql(statement.sql)
    if len(statement.rows) == 1:
        return [tuple(row) for row in await connection.fetch(sql, *statement.rows[0])]
    await connection.executemany(sql, statement.rows)
    return []


async def _migrate(connection: _Connection) -> None:
    """Take the steps that are missing. One pod does, the others wait for it."""
    is_there = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{POSTGRES.schema}.schema_version")
    if is_there and not ahead(await _taken(connection)):  # no lock, and no right to change anything, is needed
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        if not await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", POSTGRES.schema):
            await connection.execute(f"CREATE SCHEMA {POSTGRES.schema}")
        await connection.execute(POSTGRES.sql("CREATE TABLE IF NOT EXISTS ours.schema_version (taken BIGINT NOT NULL)"))
        await connection.execute(f"SET LOCAL search_path TO {POSTGRES.schema}")
        for number in ahead(await _taken(connection)):
            for sql in POSTGRES.step(number):
                await connection.execute(sql)
        await connection.execute(POSTGRES.sql("DELETE FROM ours.schema_version"))
        await connection.execute(POSTGRES.sql("INSERT INTO ours.schema_version VALUES (?1)"), len(STEPS))


async def _taken(connection: _Connection) -> int:
    return int(await connection.fetchval(POSTGRES.sql("SELECT COALESCE(MAX(taken), 0) FROM ours.schema_version")))
