"""A recorder at work, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.stores.databases import database_at, opened
from worker.events import Event
from worker.history import HistoryOptions, Place, StoreError
from worker.history.databases import Database, Row, Statement
from worker.history.prompts import Entry, Recorder, Register, Wanted

DAY_S = 86_400.0
NOW_S = 1_800_000_000.0


class Clock:
    """The wall clock, moved by the test."""

    now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Flaky:
    """A database that can be taken away."""

    database: Database
    is_down: bool = False

    async def run(self, *statements: Statement) -> list[Row]:
        if self.is_down:
            raise StoreError("gone")
        return await self.database.run(*statements)

    async def close(self) -> None:
        await self.database.close()


@dataclass
class Room:
    """A recorder at work, and what is in its database."""

    place: Place
    events: list[Event] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    options: HistoryOptions = field(
        default_factory=lambda: HistoryOptions(
            max_age_s=30 * DAY_S, max_bytes=10_000_000, text_bytes=1000, worker="pod-1", gather_s=0.01
        )
    )

    def __post_init__(self) -> None:
        self.flaky = Flaky(database_at(self.place))
        register = Register(self.flaky)
        self.recorder = Recorder(register, options=self.options, observe=self.events.append, clock=self.clock)

    async def kept(self) -> list[Entry]:
        """All entries, the oldest first."""
        async with opened(self.place) as database:
            return [entry async for entry in Register(database).all(Wanted())]


@asynccontextmanager
async def recording(place: Place, **changed: Any) -> AsyncIterator[Room]:
    """A recorder that runs for the block; what it was told is written when the block ends."""
    room = Room(place)
    room.options = replace(room.options, **changed)
    room.__post_init__()
    await room.recorder.open()
    try:
        yield room
    finally:
        await room.recorder.close()
