"""What a process has used so far, as Linux counts it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Usage"]

_PROCESSES: Final = Path("/proc")
_SCHEDULED: Final = 2  # the kind of clock that the scheduler keeps, see clock_getcpuclockid(3)


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time of all threads, and memory that is resident now."""

    cpu_s: float
    rss_mb: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Look at *pid* and at what it has started. OSError when it is gone, or where there is no /proc."""
        found = [_one(number) for number in (pid, *_children(pid))]
        return cls(sum(usage.cpu_s for usage in found), sum(usage.rss_mb for usage in found))


def _one(pid: int) -> Usage:
    lines = (_PROCESSES / str(pid) / "status").read_text().splitlines()
    rss_kb = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
    return Usage(time.clock_gettime(_clock_of(pid)), rss_kb / 1024)


def _clock_of(pid: int) -> int:
    """The clock of what a process has used, by the nanosecond; /proc tells it in steps of 10 ms, twenty a bout."""
    return ~pid << 3 | _SCHEDULED


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in (_PROCESSES / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:  # a kernel without that list
        return []
