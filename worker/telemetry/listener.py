"""Whoever hears of events, and says which."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from worker.events import Event

__all__ = ["Hear", "Listener"]

Hear = Callable[[Any], object]
"""Is told events of one kind."""


class Listener(ABC):
    """
    Hears of some kinds of events. An instance is an `Observe`.

    Whoever tells several of them asks once what each hears *of* a kind, so that an event costs only those who listen.
    """

    @abstractmethod
    def of(self, kind: type[Event]) -> Hear | None:
        """What is to be told events of that *kind*; None where they are of no interest."""

    def flush(self) -> None:  # noqa: B027 - most hold nothing back
        """Let out what is held back: nothing more is told for now."""

    def __call__(self, event: Event) -> None:
        """Hear of *event*."""
        hear = self.of(type(event))
        if hear is not None:
            hear(event)
            self.flush()
