"""Writes the history beside the jobs, never in their way."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

import msgspec

from worker.events import HistoryFailed, HistoryLost, HistoryRecovered, Observe
from worker.history.databases import Refused, StoreError
from worker.history.options import HistoryOptions
from worker.history.prompts.entry import Entry, entry_of
from worker.history.prompts.register import Register
from worker.history.told import Told
from worker.trace import Draw

__all__ = ["Recorder"]

_WAITING_AT_MOST: Final = 5_000  # entries that the database has not taken yet
_WAITING_BYTES_AT_MOST: Final = 32 * 1024 * 1024  # and what is held in memory of them
_AT_A_TIME: Final = 100
_NUMBERS: Final = 16**5  # more than end in one millisecond
_FIRST_REST_S: Final = 1.0
_LONGEST_REST_S: Final = 30.0
_TRIM_EVERY_S: Final = 600.0
_LOOK_AFTER: Final = 0.1  # of the room written: then it is looked whether there is too much


@dataclass(frozen=True, slots=True)
class _Waiting:
    told: Told
    number: str
    ended_at: float
    size_bytes: int


class Recorder:
    """
    Takes what is told of jobs, and writes it to *register* from a task of its own, many at a time.

    While the register is out of order, HistoryFailed is told once and what ends is held, up to a bound; what is beyond
    that is told of as HistoryLost. An id begins with the time, so ids are in the order of ends. *clock* is the wall
    clock.
    """

    def __init__(
        self,
        register: Register,
        *,
        options: HistoryOptions,
        observe: Observe,
        clock: Callable[[], float] = time.time,
        draw: Draw = random.getrandbits,
    ) -> None:
        self._register = register
        self._options = options
        self._observe = observe
        self._clock = clock
        self._draw = draw
        self._numbers = count()
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._lost = 0
        self._cause: str | None = None
        self._trimmed_at: float | None = None
        self._unseen_bytes = 0
        self._wake = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many are not written yet."""
        return len(self._waiting)

    def record(self, told: Told) -> None:
        """Have *told* written soon."""
        size = told.size_bytes
        is_full = len(self._waiting) >= _WAITING_AT_MOST or self._waiting_bytes + size > _WAITING_BYTES_AT_MOST
        if self._waiting and is_full:
            self._lost += 1
        else:
            now = self._clock()
            number = f"{int(now * 1000):012x}{next(self._numbers) % _NUMBERS:05x}{self._draw(32):08x}"
            self._waiting.append(_Waiting(told, number, now, size))
            self._waiting_bytes += size
        self._wake.set()

    async def open(self) -> None:
        """Begin to write."""
        self._wake.set()  # what is too old goes first
        self._writing = asyncio.create_task(self._write())

    async def close(self, *, within_s: float = 5.0) -> None:
        """Write what is left, as far as it can be done in time, and end."""
        if self._writing:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        try:
            async with asyncio.timeout(within_s):
                while self._waiting and await self._wrote_some():
                    pass
        except TimeoutError:
            pass
        self._lost += len(self._waiting)
        self._tell_of_lost()
        await self._register.close()

    async def _write(self) -> None:
        rest_s = _FIRST_REST_S
        while True:
            await self._something_to_do()
            while await self._wrote_some():
                rest_s = _FIRST_REST_S
                if not self._waiting:
                    break
            else:
                await asyncio.sleep(rest_s)
                rest_s = min(_LONGEST_REST_S, 2 * rest_s)
                self._wake.set()
            self._tell_of_lost()

    async def _something_to_do(self) -> None:
        try:
            async with asyncio.timeout(_TRIM_EVERY_S):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()
        await asyncio.sleep(self._options.gather_s)

    async def _wrote_some(self) -> bool:
        """Write the first that wait; whether the register works."""
        batch = list(islice(self._waiting, _AT_A_TIME))
        made = await asyncio.to_thread(lambda: [self._entry(each) for each in batch])  # masking takes its time
        entries = [entry for entry in made if entry is not None]
        try:
            refused = await self._add(entries) if entries else 0
            self._unseen_bytes += sum(entry.size_bytes for entry in entries)
            await self._trim()
        except StoreError as error:
            if self._cause != str(error):
                self._cause = str(error)
                self._observe(HistoryFailed(cause=self._cause))
            return False
        self._lost += len(made) - len(entries) + refused
        for _ in batch:
            self._waiting_bytes -= self._waiting.popleft().size_bytes
        if self._cause is not None:
            self._cause = None
            self._observe(HistoryRecovered())
        return True

    def _entry(self, waiting: _Waiting) -> Entry | None:
        """None where none can be made of it, so that the others behind it are not held up for ever."""
        text_bytes, worker = self._options.text_bytes, self._options.worker
        number, ended_at = waiting.number, waiting.ended_at
        try:
            return entry_of(waiting.told, number=number, ended_at=ended_at, worker=worker, text_bytes=text_bytes)
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError, msgspec.MsgspecError):
            return None

    async def _add(self, entries: list[Entry]) -> int:
        """How many are refused. One that is to blame takes no other with it."""
        try:
            await self._register.add(entries)
        except Refused:
            return sum([await self._is_refused(entry) for entry in entries])
        return 0

    async def _is_refused(self, entry: Entry) -> bool:
        try:
            await self._register.add([entry])
        except Refused:
            return True
        return False

    async def _trim(self) -> None:
        """Drop what is too old or too much: now and then, and when much has come."""
        now, options = self._clock(), self._options
        is_due = self._trimmed_at is None or not 0 <= now - self._trimmed_at < _TRIM_EVERY_S
        if is_due or self._unseen_bytes > options.max_bytes * _LOOK_AFTER:
            await self._register.trim(oldest=now - options.max_age_s, max_bytes=options.max_bytes)
            self._trimmed_at, self._unseen_bytes = now, 0

    def _tell_of_lost(self) -> None:
        if self._lost:
            self._observe(HistoryLost(entries=self._lost))
            self._lost = 0
