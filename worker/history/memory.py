"""Answers in memory: enough for jobs that come again to the same process."""

from worker.history.store import Key

__all__ = ["MemoryStore"]

_LARGEST = 4  # one answer takes a quarter of the room at most


class MemoryStore:
    """At most *max_bytes* of answers, of *max_answers* answers; those of the oldest job go first."""

    def __init__(self, *, max_bytes: int, max_answers: int = 10_000) -> None:
        self._max_bytes = max_bytes
        self._max_answers = max_answers
        self._jobs: dict[int, dict[bytes, bytes]] = {}
        self._bytes = self._answers = 0

    async def find(self, key: Key) -> bytes | None:
        """See Store."""
        answers = self._jobs.get(key.job_key)
        return None if answers is None else answers.get(key.request)

    async def keep(self, key: Key, answer: bytes) -> None:
        """See Store."""
        if len(answer) * _LARGEST > self._max_bytes:
            return
        answers = self._jobs.setdefault(key.job_key, {})
        self._count(-1, answers.get(key.request))
        answers[key.request] = answer
        self._count(1, answer)
        while self._bytes > self._max_bytes or self._answers > self._max_answers:
            self._make_room()

    async def forget(self, job_key: int) -> None:
        """See Store."""
        self.done(job_key)

    def done(self, job_key: int) -> None:
        """See Store."""
        for answer in self._jobs.pop(job_key, {}).values():
            self._count(-1, answer)

    async def close(self) -> None:
        """See Store."""
        self._jobs.clear()
        self._bytes = self._answers = 0

    def _make_room(self) -> None:
        job_key, answers = next(iter(self._jobs.items()))
        self._count(-1, answers.pop(next(iter(answers))))
        if not answers:
            del self._jobs[job_key]

    def _count(self, number: int, answer: bytes | None) -> None:
        if answer is not None:
            self._answers += number
            self._bytes += number * len(answer)
