"""What a long start reports on its way, so that a command line can draw a bar for it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["OnProgress", "Phase", "Step", "silent"]


class Phase(StrEnum):
    """The stages of a broker's start, in their order; a cached engine skips the first three."""

    WAIT = "wait"  # another process is installing the same engine
    DOWNLOAD = "download"
    UNPACK = "unpack"
    START = "start"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One report of progress.

    *what* is for people: a file name while downloading, otherwise the engine. *done* and *total* count bytes
    and are None where nothing can be counted.
    """

    phase: Phase
    what: str
    done: int | None = None
    total: int | None = None


OnProgress = Callable[[Step], None]


def silent(_: Step) -> None:
    """Listen to nothing: for callers that draw no progress."""
