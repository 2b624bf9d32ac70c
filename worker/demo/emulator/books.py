"""What the emulator has seen: the memory that tests ask."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Books", "Entry", "Tokens"]


@dataclass(slots=True)
class Entry:
    """
    One request and what became of it.

    *path* is as sent, still percent-encoded; *headers* have lower-case names; *body* is parsed JSON where it
    was JSON, otherwise text. *status* is None while the request runs, and stays None when no answer was sent.
    *arrived_s* is on a clock that only differences make sense of. *is_billed* tells whether a model has worked for
    it, *ending* how the exchange was told to end.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object
    operation: str | None = None
    deployment: str | None = None
    status: int | None = None
    arrived_s: float = field(default_factory=time.monotonic)
    took_s: float | None = None
    is_billed: bool = False
    ending: str = "whole"


@dataclass(slots=True)
class Tokens:
    """What has been used, and would have been charged."""

    prompt: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(slots=True)
class Books:
    """
    Everything since the start, or since `clear`.

    billed_calls     answers that a model has worked for, also when the caller never received them
    tokens           used by deployment, of billed calls
    """

    entries: list[Entry] = field(default_factory=list)
    in_flight: int = 0
    max_in_flight: int = 0
    billed_calls: int = 0
    tokens: dict[str, Tokens] = field(default_factory=dict)
    _opened: int = 0

    @property
    def calls(self) -> int:
        """How many requests have arrived."""
        return len(self.entries)

    @property
    def last(self) -> Entry:
        """The request that arrived last; IndexError when there was none."""
        return self.entries[-1]

    @property
    def statuses(self) -> list[int | None]:
        """What each request was answered with, in order of arrival."""
        return [entry.status for entry in self.entries]

    def open(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Entry:
        """Enter a request that has arrived."""
        self._opened += 1
        entry = Entry(self._opened, method, path, query, headers, body=None)
        self.entries.append(entry)
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        return entry

    def close(self, entry: Entry) -> None:
        """Enter that a request is over, in whatever way."""
        self.in_flight -= 1
        entry.took_s = time.monotonic() - entry.arrived_s

    def bill(self, entry: Entry, prompt: int, completion: int) -> None:
        """Enter that a model has worked."""
        entry.is_billed = True
        self.billed_calls += 1
        used = self.tokens.setdefault(entry.deployment or "", Tokens())
        used.prompt += prompt
        used.completion += completion

    def clear(self) -> None:
        """Forget all but what is still running."""
        self.entries.clear()
        self.tokens.clear()
        self.billed_calls = 0
        self.max_in_flight = self.in_flight
