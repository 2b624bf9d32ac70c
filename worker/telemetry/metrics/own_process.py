"""What the worker's own process takes, under the names that every Prometheus client has for it."""

import gc
import sys
import time
from mmap import PAGESIZE
from pathlib import Path
from typing import Final

from worker.telemetry.metrics.instruments import Counter, Described, Gauge, Instrument, Series

__all__ = ["process_instruments"]

_STATM: Final = Path("/proc/self/statm")
_DESCRIPTORS: Final = Path("/proc/self/fd")
_COLLECTIONS: Final = "How often a generation of objects was searched for garbage, all jobs standing still"


def process_instruments() -> list[Instrument]:
    """CPU, start, collections of garbage, and where the system tells them, memory and open files."""
    started_s = time.time()
    found: list[Instrument] = [
        Counter(Described("process.cpu", "s", "CPU time, user and system"), time.process_time),
        Gauge(Described("process.start_time", "s", "Start of the process, since 1970"), lambda: started_s),
        Counter(Described("python.gc.collections", "{collection}", _COLLECTIONS, ("generation",)), _collections),
    ]
    if sys.platform == "linux":
        found.append(Gauge(Described("process.resident_memory", "By", "Resident memory"), _resident_bytes))
        found.append(Gauge(Described("process.open_fds", "{file}", "Open file descriptors"), _open_files))
    return found


def _collections() -> dict[Series, float]:
    return {(str(number),): told["collections"] for number, told in enumerate(gc.get_stats())}


def _resident_bytes() -> float:
    pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return float(pages * PAGESIZE)


def _open_files() -> float:
    return float(sum(1 for _ in _DESCRIPTORS.iterdir()))
