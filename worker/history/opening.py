"""How what is off stays unloaded: each of these imports what it opens."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from worker.events import Observe
from worker.history.options import HistoryOptions
from worker.history.store import Store

if TYPE_CHECKING:
    from worker.history.databases import Database
    from worker.history.prompts import Recorder, Register

__all__ = ["Place", "database_store", "recorder", "register"]

_JOB_WAITS_S: Final = 3.0  # for a kept answer, at most
_NOBODY_WAITS_S: Final = 120.0  # but whoever asked for it: much may be deleted at once

Place = Path | SecretStr
"""Where things are kept: a SQLite file, or the URL of a PostgreSQL database."""


def database_store(place: Place, *, max_bytes: int, max_age_s: float) -> Store:
    """Answers that outlive the worker. Raises MissingExtra where the package for PostgreSQL is not installed."""
    from worker.history.kept import DatabaseStore

    return DatabaseStore(_database(place, within_s=_JOB_WAITS_S), max_bytes=max_bytes, max_age_s=max_age_s)


def register(place: Place) -> "Register":
    """The history, to look into. Raises MissingExtra likewise."""
    from worker.history.prompts import Register

    return Register(_database(place, within_s=_NOBODY_WAITS_S))


def recorder(place: Place, *, options: HistoryOptions, observe: Observe) -> "Recorder":
    """What writes the history. Raises MissingExtra likewise."""
    from worker.history.prompts import Recorder

    return Recorder(register(place), options=options, observe=observe)


def _database(place: Place, *, within_s: float) -> "Database":
    from worker.history.databases import Careful, PostgresDatabase, SqliteDatabase

    database = PostgresDatabase(place, within_s=within_s) if isinstance(place, SecretStr) else SqliteDatabase(place)
    return Careful(database, within_s=within_s)
