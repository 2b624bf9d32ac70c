"""Answers in memory: enough for jobs that come again to the same process."""

from worker.history.store import Key

__all__ = ["MemoryStore"]

_LARGEST = 4  # one answer takes a quarter of the room at most


class MemoryStore:
    """At most *max_bytes* of answers, of *max_answers* answers; the oldest goes first."""

    def __init__(self, *, max_bytes: int, max_answers: int = 10_000) -> None:
        self._max_bytes = max_bytes
        self._max_answers = max_answers
        self._answers: dict[Key, bytes] = {}
        self._bytes = 0

    async def find(self, key: Key) -> bytes | None:
        """See Store."""
        return self._answers.get(key)

    async def keep(self, key: Key, answer: bytes) -> None:
        """See Store."""
        self._drop(key)
        if len(answer) * _LARGEST > self._max_bytes:
            return
        self._answers[key] = answer
        self._bytes += len(answer)
        while self._bytes > self._max_bytes or len(self._answers) > self._max_answers:
            self._drop(next(iter(self._answers)))

    async def forget(self, job_key: int) -> None:
        """See Store."""
        for key in [key for key in self._answers if key.job_key == job_key]:
            self._drop(key)

    async def close(self) -> None:
        """See Store."""
        self._answers.clear()
        self._bytes = 0

    def _drop(self, key: Key) -> None:
        answer = self._answers.pop(key, None)
        self._bytes -= len(answer) if answer is not None else 0
