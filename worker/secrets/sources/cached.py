"""A remote store as a source: asked once for many jobs, and not missed while it is away."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from worker.connections import Asker
from worker.errors import SecretsUnreachable
from worker.events import Observe, SecretSourceFailed, SecretSourceRecovered

__all__ = ["CachedSecrets", "Store", "StoreDown"]

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 5.0
_MISSING_FOR_S: Final = 10.0  # a name that is not there is asked for again after this: it may just have been created
_AHEAD: Final = 0.8  # of a value's life; then it is renewed in the background
_WAITED_FOR_S: Final = 1.0  # where there is an old value; a store that hangs would hold up every job
_LEFT_ALONE_S: Final = 2.0  # a store that is down, likewise; a thousand jobs need not all find out
_AT_MOST: Final = 1_000  # names: tasks may ask for any


class StoreDown(Exception):
    """
    The store gave no answer, or did not let us in. The text says what it said, and holds no secret.

    *status* is that of its answer, where there was one.
    """

    def __init__(self, text: str, *, status: int | None = None) -> None:
        self.status = status
        super().__init__(text)


class Store(Protocol):
    """One remote store. *label* is what an operator calls it."""

    label: str

    async def fetch(self, name: str) -> str | None:
        """The secret's value now, None where there is no such secret. Raises StoreDown."""

    async def close(self) -> None:
        """Close what is open."""


@dataclass(slots=True)
class _Kept:
    value: str | None
    asked_s: float


class CachedSecrets:
    """
    *store*, with what it said kept in memory, and nowhere else.

    A value is used for *ttl_s* seconds, and renewed in the background before that. While the store is down the old
    value goes on being used; a first one is waited for, *patience_s* seconds at most. Others keep secrets there too.
    *observe* hears when it goes down and comes back.
    """

    is_shared = True
    is_fixed = False

    def __init__(
        self,
        store: Store,
        *,
        ttl_s: float,
        patience_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.label = store.label
        self._store = store
        self._ttl_s = ttl_s
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._down_until_s = 0.0
        self._asking: dict[str, asyncio.Task[str | None]] = {}
        self.observe: Observe = lambda _event: None
        self._told: str | None = None

    async def get(self, name: str, _asker: Asker | None, /) -> str | None:
        """The secret's value, None where there is no such secret. Raises SecretsUnreachable."""
        kept = self._kept.get(name)
        if kept is None:
            return await self._first(name)
        age_s = self._clock() - kept.asked_s
        life_s = self._ttl_s if kept.value is not None else min(self._ttl_s, _MISSING_FOR_S)
        if age_s >= life_s:
            return await self._first(name) if kept.value is None else await self._renewed(name, kept.value)
        if age_s >= life_s * _AHEAD and kept.value is not None:
            self._start(name)
        return kept.value

    def advice(self, name: str, _asker: Asker | None, /) -> str:
        """What an operator does so that the secret is found."""
        return f"create the secret {name} in {self._store.label}"

    async def close(self) -> None:
        """End what is under way and close the store."""
        for task in self._asking.values():
            task.cancel()
        await self._store.close()

    async def _renewed(self, name: str, old: str) -> str | None:
        """The value of now; the *old* one while the store is down, or takes longer than a job should wait for it."""
        if self._clock() < self._down_until_s:
            return old
        asking = self._start(name)
        await asyncio.wait({asking}, timeout=_WAITED_FOR_S)
        is_known = asking.done() and not asking.cancelled() and asking.exception() is None
        return asking.result() if is_known else old

    async def _first(self, name: str) -> str | None:
        ends_s = self._clock() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return await self._ask(name)
            except StoreDown as down:
                if self._clock() + pause_s > ends_s:
                    raise SecretsUnreachable(
                        f"the secret '{name}' cannot be read: {self._store.label}: {down}"
                    ) from None
            await self._sleep(pause_s)
            pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)

    async def _ask(self, name: str) -> str | None:
        """Ask once, however many want to know. A job that gives up does not end it for the others."""
        return await asyncio.shield(self._start(name))

    def _start(self, name: str) -> "asyncio.Task[str | None]":
        task = self._asking.get(name)
        if task is None:
            task = self._asking[name] = asyncio.create_task(self._fetch(name))
            task.add_done_callback(lambda done: self._ended(name, done))
        return task

    async def _fetch(self, name: str) -> str | None:
        try:
            value = await self._store.fetch(name)
        except StoreDown as down:
            self._down_until_s = self._clock() + _LEFT_ALONE_S
            self._tell(str(down))
            raise
        self._tell(None)
        self._kept[name] = _Kept(value, self._clock())
        self._kept.move_to_end(name)
        while len(self._kept) > _AT_MOST:
            self._kept.popitem(last=False)
        return value

    def _tell(self, cause: str | None) -> None:
        """Once for each cause, and once when it answers again; None: it does."""
        if cause is not None and cause != self._told:
            self.observe(SecretSourceFailed(source=self.label, cause=cause))
        if cause is None and self._told is not None:
            self.observe(SecretSourceRecovered(source=self.label))
        self._told = cause

    def _ended(self, name: str, done: "asyncio.Task[str | None]") -> None:
        self._asking.pop(name, None)
        if not done.cancelled():
            done.exception()  # seen: in the background a store that is down is no news

    def __repr__(self) -> str:
        return f"CachedSecrets({self._store.label}, {len(self._kept)} kept)"
