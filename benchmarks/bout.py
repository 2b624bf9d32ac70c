"""One contender under one load: started, measured, ended."""

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.cells import Cell
from benchmarks.contenders import Contender, Start, environment
from benchmarks.double import Double, pin

__all__ = ["Arena", "Figures", "Rest", "Site", "contest", "measured", "rest"]

_COMES_WITHIN_S = 30.0
_SETTLE_MOST_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the two ends are: a gateway's address, and the service's URL."""

    gateway: str
    azure: str

    @asynccontextmanager
    async def started(self, contender: Contender, in_flight: int) -> AsyncIterator[Process]:
        """The process of *contender*, from its start to its end."""
        start = Start(gateway=self.gateway, azure=self.azure, in_flight=in_flight, job_type=contender.job_type)
        process = await asyncio.create_subprocess_exec(
            *contender.command(start),
            env=environment(contender, start),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if contender.is_pinned:
            pin(process.pid, 0)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@dataclass(frozen=True, slots=True)
class Arena:
    """The two doubles that all contenders stand between."""

    gateway: Double
    azure: Double

    @property
    def azure_url(self) -> str:
        return f"http://127.0.0.1:{self.azure.port}"

    @asynccontextmanager
    async def started(self, contender: Contender, in_flight: int) -> AsyncIterator[tuple[int, float]]:
        """The process id of *contender*, and how many seconds it took until it asked for jobs."""
        site = Site(gateway=f"127.0.0.1:{self.gateway.port}", azure=self.azure_url)
        waiting = asyncio.create_task(self.gateway.tell(do="wait", within_s=_COMES_WITHIN_S))
        await asyncio.sleep(0)
        began_s = time.perf_counter()
        async with site.started(contender, in_flight) as process:
            ended = asyncio.create_task(process.wait())
            await asyncio.wait([waiting, ended], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done() or not waiting.result()["came"]:
                waiting.cancel()
                raise RuntimeError(f"{contender.name} did not ask for jobs within {_COMES_WITHIN_S:g} s, or ended")
            yield process.pid, time.perf_counter() - began_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one bout came to. *added_* is the time from job to completion without the service's delay."""

    jobs_per_s: float
    cpu_ms_per_job: float | None
    added_p50_ms: float | None
    added_p99_ms: float | None
    rss_mb: float
    double_load: float
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A contender that has nothing to do."""

    start_s: float
    rss_mb: float
    cpu_ms_per_s: float


async def contest(arena: Arena, contender: Contender, cell: Cell) -> Figures:
    """Put *contender* under the load of *cell*."""
    await arena.azure.tell(delay_s=cell.delay_s, answer_bytes=cell.payload_bytes)
    async with arena.started(contender, cell.permits) as (pid, _):
        return await measured(arena, contender, cell, pid)


async def measured(arena: Arena, contender: Contender, cell: Cell, pid: int) -> Figures:
    """What *contender*, which runs as *pid*, does under the load of *cell*."""
    seen = await arena.gateway.tell(
        do="measure",
        pid=pid,
        job=contender.job(arena.azure_url, cell.payload_bytes),
        warm_s=cell.warm_s + contender.warms_up_s,
        window_s=cell.window_s,
        delay_s=cell.delay_s,
        rate=cell.rate,
    )
    return Figures(
        jobs_per_s=seen["jobs"] / seen["seconds"],
        cpu_ms_per_job=seen["cpu_s"] * 1000 / seen["jobs"] if seen["jobs"] else None,
        added_p50_ms=seen["p50_ms"],
        added_p99_ms=seen["p99_ms"],
        rss_mb=seen["rss_mb"],
        double_load=seen["own_cpu_s"] / seen["seconds"],
        failed=seen["failed"],
    )


async def rest(arena: Arena, contender: Contender, *, window_s: float) -> Rest:
    """Start *contender* and leave it alone."""
    async with arena.started(contender, 100) as (pid, start_s):
        seen = await arena.gateway.tell(do="watch", pid=pid, settle_s=min(_SETTLE_MOST_S, window_s), window_s=window_s)
    return Rest(start_s=start_s, rss_mb=seen["rss_mb"], cpu_ms_per_s=seen["cpu_s"] * 1000 / seen["seconds"])
