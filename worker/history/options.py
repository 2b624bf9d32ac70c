"""What of the prompt history is kept, and how much."""

from dataclasses import dataclass

__all__ = ["HistoryOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """
    Entries of the last *max_age_s* seconds are kept, *max_bytes* of them at most, all workers' together.

    *text_bytes* is how long a message, a request and an answer may be each; None keeps none of them. *worker* is the
    name under which this one's entries stand. What ends within *gather_s* seconds is written together.
    """

    max_age_s: float
    max_bytes: int
    text_bytes: int | None
    worker: str
    gather_s: float = 0.25
