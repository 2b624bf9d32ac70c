"""Both databases, as tests ask for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.made import a_job
from worker.events import Consumed, JobFinished
from worker.history import Exchange, Place, Told
from worker.history.databases import Database, PostgresDatabase, SqliteDatabase
from worker.outcome import Complete
from worker.secrets import Redactor
from worker.wire import Call, Reply

KINDS = ("sqlite", "postgres")


def a_place(kind: str, folder: Path, request: pytest.FixtureRequest) -> Place:
    """An empty database of that kind."""
    if kind == "sqlite":
        return folder / "history.db"
    return SecretStr(request.getfixturevalue("postgres").database())


def database_at(place: Place) -> Database:
    """A database there, without any care taken."""
    return PostgresDatabase(place, within_s=20) if isinstance(place, SecretStr) else SqliteDatabase(place)


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Database]:
    """Likewise, closed at the end."""
    database = database_at(place)
    try:
        yield database
    finally:
        await database.close()


def told(prompt: str = "What is two and two?", answer: str = "Four.", **changed: Any) -> Told:
    """What the data path tells of a job that asked one question; *changed* are fields of the event, or of Told."""
    call = Call(path="chat/completions", body=prompt.encode())
    reply = Reply(status=200, reason="OK", headers=(("content-type", "application/json"),), body=answer.encode())
    event = {
        "job": a_job(),
        "operation": "chatCompletion",
        "outcome": Complete(),
        "reason": None,
        "duration_s": 1.5,
        "provider": "azure",
        "deployment": "gpt-4.1-mini",
        "consumed": Consumed(
            model="gpt-4.1-mini-2025-04-14",
            input_tokens=9,
            output_tokens=2,
            cached_tokens=1,
            reasoning_tokens=0,
            cost_usd=0.0000068,
        ),
        "request_id": "req-1",
    }
    own = {
        "is_broken_off": False,
        "connection": "main",
        "exchanges": [Exchange(call, reply)],
        "masks": Redactor(["s3cr3t-k3y"]),
    }
    finished = JobFinished(**{name: changed.get(name, value) for name, value in event.items()})
    return Told(finished=finished, **{name: changed.get(name, value) for name, value in own.items()})
