"""The loop: takes jobs while there are permits, keeps their leases, reports what became of them, and drains."""

from worker.broker.loop.job_loop import JobLoop
from worker.broker.loop.options import LoopOptions
from worker.broker.loop.timing import Timing

__all__ = ["JobLoop", "LoopOptions", "Timing"]
