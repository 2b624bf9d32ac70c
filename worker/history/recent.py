"""Answers in memory: enough for jobs that come again to the same process."""

from typing import Final

from worker.history.store import Key
from worker.wire import Reply

__all__ = ["RecentAnswers"]

_LARGEST: Final = 4  # one answer takes a quarter of the room at most
_HEAD_BYTES: Final = 2_000  # what an answer's headers come to, and the objects that it is made of


class RecentAnswers:
    """At most *max_bytes* of answers and of what was asked, of *max_answers*; those of the oldest job go first."""

    def __init__(self, *, max_bytes: int, max_answers: int = 10_000) -> None:
        self._max_bytes = max_bytes
        self._max_answers = max_answers
        self._jobs: dict[int, dict[Key, Reply]] = {}
        self._bytes = self._answers = 0

    def find(self, key: Key) -> Reply | None:
        """The answer that is kept under *key*, None where there is none (any more)."""
        answers = self._jobs.get(key.job_key)
        return None if answers is None else answers.get(key)

    def keep(self, key: Key, answer: Reply) -> None:
        """Keep *answer*; one that is too large is not kept. What is oldest goes first when there is no room."""
        size = _size(key, answer)
        if size * _LARGEST > self._max_bytes:
            return
        answers = self._jobs.setdefault(key.job_key, {})
        if key in answers:
            self._gone(key, answers[key])
        answers[key] = answer
        self._answers += 1
        self._bytes += size
        while self._bytes > self._max_bytes or self._answers > self._max_answers:
            self._make_room()

    def forget(self, job_key: int) -> None:
        """Forget all answers of that job."""
        for key, answer in self._jobs.pop(job_key, {}).items():
            self._gone(key, answer)

    def _make_room(self) -> None:
        job_key, answers = next(iter(self._jobs.items()))
        key = next(iter(answers))
        self._gone(key, answers.pop(key))
        if not answers:
            del self._jobs[job_key]

    def _gone(self, key: Key, answer: Reply) -> None:
        self._answers -= 1
        self._bytes -= _size(key, answer)


def _size(key: Key, answer: Reply) -> int:
    return len(key.body) + len(answer.body) + _HEAD_BYTES
