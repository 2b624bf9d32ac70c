"""Finds out what holds up the event loop: where it stands still, the stacks of all threads go to standard error."""

import asyncio
import faulthandler
import sys
import time
from typing import Final

__all__ = ["Watchdog"]

_LOOKS_PER_WAIT: Final = 4


class Watchdog:
    """
    Expects the loop to come by within *longest_s*, again and again.

    A loop that hangs can neither answer `/health/live`, which has the pod restarted, nor say why. So the interpreter's
    own timer, which needs no loop and no Python, writes where every thread is: files, lines and functions, no values.
    """

    def __init__(self, *, longest_s: float) -> None:
        self._longest_s = longest_s
        self._look_s = longest_s / _LOOKS_PER_WAIT
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._worst_s = 0.0

    def open(self) -> None:
        """Watch the running loop."""
        self._due_s = time.monotonic()
        self._look()

    def close(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            faulthandler.cancel_dump_traceback_later()

    def lag_s(self) -> float:
        """How late the loop came by at worst, since this was asked last."""
        worst_s, self._worst_s = max(self._worst_s, time.monotonic() - self._due_s), 0.0
        return max(0.0, worst_s)

    def _look(self) -> None:
        self._worst_s = max(self._worst_s, time.monotonic() - self._due_s)
        if _has_descriptor():
            faulthandler.dump_traceback_later(self._longest_s, file=sys.stderr)
        self._due_s = time.monotonic() + self._look_s
        self._timer = asyncio.get_running_loop().call_later(self._look_s, self._look)


def _has_descriptor() -> bool:
    """Whether standard error is a real file, which it is not where a test has replaced it."""
    try:
        return sys.stderr.fileno() >= 0
    except (AttributeError, OSError):
        return False
