"""The answers to each job's calls: from the service the first time, from the store when the job comes again."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Final, TypeVar

import msgspec

from worker.events import AnswerReused, Observe, StoreFailed, StoreRecovered
from worker.history.recent import RecentAnswers
from worker.history.store import Key, Store, StoreError
from worker.job import Job
from worker.wire import Call, Reply, Target

__all__ = ["Answers", "JobAnswers"]

_T = TypeVar("_T")

_ASKS_FOR_WORK: Final = "POST"  # what else there is only looks something up, which is not billed and changes
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Reply).decode


class Answers:
    """
    Answers that have been paid for: *recent* ones at hand, and kept in *stores* until they are old.

    The first store is asked first. One that fails is told of as StoreFailed, and the job goes on without it.
    """

    def __init__(self, recent: RecentAnswers, stores: Sequence[Store] = (), *, observe: Observe) -> None:
        self._recent = recent
        self._stores = stores
        self._observe = observe
        self._out_of_order: dict[int, str] = {}

    def of(self, job: Job) -> "JobAnswers":
        """The answers of *job*, for one run of it."""
        return JobAnswers(self, job, observe=self._observe)

    async def find(self, key: Key) -> Reply | None:
        """What is kept under *key*; None where nothing is, or no store can tell."""
        if (recent := self._recent.find(key)) is not None:
            return recent
        for store in self._stores:
            kept = await self._try(store, store.find(key))
            if kept is not None:
                return _decode(kept)
        return None

    async def keep(self, key: Key, reply: Reply, *, is_public: Callable[[Reply], bool]) -> None:
        """Keep *reply* at hand and, where it *is_public*, in every store that works."""
        self._recent.keep(key, reply)
        if self._stores and is_public(reply):
            answer = _encode(reply)
            for store in self._stores:
                await self._try(store, store.keep(key, answer))

    async def forget(self, job: Job) -> None:
        """Forget what is kept of *job*: it is to be asked anew."""
        self._recent.forget(job.key)
        for store in self._stores:
            await self._try(store, store.forget(job.key))

    def done(self, job: Job) -> None:
        """
        *job* will not come again.

        In stores its answers grow old with the others: a statement for each job would double what a database does.
        """
        self._recent.forget(job.key)

    async def close(self) -> None:
        """End the stores."""
        for store in self._stores:
            await store.close()

    async def _try(self, store: Store, doing: Awaitable[_T]) -> _T | None:
        """What *doing* gives, None when the store is out of order; told once until it works again."""
        try:
            done = await doing
        except StoreError as error:
            if self._out_of_order.get(id(store)) != str(error):
                self._out_of_order[id(store)] = str(error)
                self._observe(StoreFailed(cause=str(error)))
            return None
        if self._out_of_order.pop(id(store), None) is not None:
            self._observe(StoreRecovered())
        return done


class JobAnswers:
    """The calls of one run of *job*. The same call asked twice is told apart by its number."""

    def __init__(self, answers: Answers, job: Job, *, observe: Observe) -> None:
        self._answers = answers
        self._job = job
        self._observe = observe
        self._asked: dict[tuple[bytes, bytes], int] = {}

    async def through(
        self, target: Target, ask: Callable[[Call], Awaitable[Reply]], call: Call, *, is_public: Callable[[Reply], bool]
    ) -> Reply:
        """
        The kept answer to *call*, else what *ask* brings, which is kept before anybody else hears of it.

        One that is not *is_public*, since it repeats a secret, does not leave the process for a store.
        """
        if call.method != _ASKS_FOR_WORK:
            return await ask(call)
        head = _head_digest(target.base_url, target.deployment, target.api_version, call.path, *call.query.items())
        asked = head, call.body
        self._asked[asked] = number = self._asked.get(asked, 0) + 1
        key = Key(job_key=self._job.key, head=head, body=call.body, number=number)
        kept = await self._answers.find(key)
        if kept is not None:
            self._observe(AnswerReused(job=self._job))
            return kept
        reply = await ask(call)
        await self._answers.keep(key, reply, is_public=is_public)
        return reply

    async def forget(self) -> None:
        """The job's answers were no good; when it comes again it is asked anew."""
        if self._asked:
            await self._answers.forget(self._job)


@lru_cache(maxsize=256)  # the calls of one task differ in their bodies alone
def _head_digest(base_url: str, deployment: str, api_version: str | None, path: str, *query: tuple[str, str]) -> bytes:
    """Of whom is asked. Credentials are no part of it: a key that was exchanged changes no answer."""
    parts = (base_url, deployment, api_version or "", path, *map(repr, query))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
