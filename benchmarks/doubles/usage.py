"""What a process has used so far, as Linux counts it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Usage"]

_PROCESSES: Final = Path("/proc")
_USER_TIME: Final = 11  # field of /proc/<pid>/stat after the name; the system's time follows


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
    fields = (_PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[_USER_TIME]) + int(fields[_USER_TIME + 1])
    lines = (_PROCESSES / str(pid) / "status").read_text().splitlines()
    rss_kb = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), rss_kb / 1024)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in (_PROCESSES / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:  # a kernel without that list
        return []
