"""
Lines for people, by structlog; loaded only where they are wanted, and without rich.

Where rich is installed, structlog loads it for tracebacks that nobody prints here: 12 MB of an idle worker and a tenth
of a second of its start (measured; the command line brings rich along).
"""

import sys
from collections.abc import Callable, Mapping
from typing import TextIO

_is_in_use = "rich" in sys.modules
if not _is_in_use:
    sys.modules["rich"] = None  # type: ignore[assignment] # makes its import fail, as if it were not installed
try:
    import structlog
finally:
    if not _is_in_use:
        del sys.modules["rich"]

__all__ = ["pretty_lines"]


def pretty_lines(out: TextIO) -> Callable[[str, str, str], Callable[[Mapping[str, object]], object]]:
    """What gives, for a level (`info`), a room and a text, what writes lines of theirs with some facts to *out*."""
    logger = structlog.wrap_logger(
        structlog.WriteLogger(out),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.dev.ConsoleRenderer(colors=out.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    ).bind()  # once: a wrapped logger that was never bound is put together anew for every line

    def of(level: str, room: str, text: str) -> Callable[[Mapping[str, object]], object]:
        write: Callable[..., object] = getattr(logger, level)
        return lambda facts: write(text, room=room, **facts)

    return of
