"""The workers of a soak: one that is killed every so often, and one that lives through all of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.soak.ledger import Ledger
from tests.lab import WorkerProcess, eventually
from worker.demo.emulator import Emulator

__all__ = ["Killed", "Lasting", "reaches"]

_STILL_UNREAD_S = 1.0  # an answer sent so shortly before a kill may not have been kept by then
_SMALL_CACHE = str(1024 * 1024)  # full before the memory is looked at: what is bounded is no growth


async def reaches(ledger: Ledger, jobs: float, *, within_s: float = 1_800.0) -> None:
    """Wait until so many jobs are done."""
    await eventually(lambda: ledger.done >= jobs, what=f"{jobs} of {ledger.name}'s jobs", within_s=within_s)


@dataclass
class Killed:
    """
    Does *ledger*'s jobs with one worker after the other, each killed but the last.

    *cut* are the prompts of the calls that were under way at each kill.
    """

    azure: Emulator
    ledger: Ledger
    environment: Mapping[str, str]
    kills: int
    cut: list[set[str]] = field(default_factory=list)
    log: list[dict[str, object]] = field(default_factory=list)

    async def run(self, jobs: int) -> None:
        """Work until all jobs are done."""
        for life in range(1, self.kills + 2):
            async with WorkerProcess(self.environment) as worker:
                if life <= self.kills:
                    await reaches(self.ledger, jobs * life / (self.kills + 1))
                    self.cut.append(self._under_way())
                    worker.process.kill()
                else:
                    await self.ledger.is_settled.wait()
            self.log += worker.log

    def _under_way(self) -> set[str]:
        """What is asked now, or has been answered just now and perhaps not been read."""
        since_s = time.monotonic() - _STILL_UNREAD_S
        return {
            entry.body["messages"][-1]["content"]
            for entry in self.azure.books.entries
            if isinstance(entry.body, dict) and (entry.took_s is None or entry.arrived_s + entry.took_s > since_s)
        }


@dataclass
class Lasting:
    """Does *ledger*'s jobs with one worker; *memory_kb* is what it takes once it is warm, and in the end."""

    ledger: Ledger
    environment: Mapping[str, str]
    is_warm: Callable[[], bool]
    memory_kb: list[int] = field(default_factory=list)
    log: list[dict[str, object]] = field(default_factory=list)

    async def run(self) -> None:
        """Work until all jobs are done."""
        async with WorkerProcess({**self.environment, "WORKER_KEPT_ANSWERS_MAX_BYTES": _SMALL_CACHE}) as worker:
            await eventually(self.is_warm, what="the worker to be warm", within_s=1_800.0)
            self.memory_kb.append(_resident_kb(worker))
            await self.ledger.is_settled.wait()
            self.memory_kb.append(_resident_kb(worker))
            worker.terminate()
            assert await worker.ends() == 0
        self.log += worker.log


def _resident_kb(worker: WorkerProcess) -> int:
    status = Path(f"/proc/{worker.process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
