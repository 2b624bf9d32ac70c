"""From a process's first jobs to its 100,000th: whether one costs the same all the way."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from benchmarks.bout import Arena, Figures, measured
from benchmarks.cells import Cell
from benchmarks.contenders import Contender

__all__ = ["endurance"]

_JOBS: Final = 100_000
_LOAD: Final = Cell(in_flight=500, delay_s=0.0, warm_s=0.0, window_s=4.0)


class _Stage(NamedTuple):
    """What the jobs up to the *jobs*-th of one process came to, since the stage before."""

    jobs: int
    figures: Figures


async def endurance(arena: Arena, contenders: Sequence[Contender], *, say: Callable[[str], object]) -> str:
    """Every contender, one after the other, until it has done its 100,000th job; a table with a row for every stage."""
    lines = ["| jobs so far | who | jobs/s | CPU ms per job | RSS MB |", "| ---: | --- | ---: | ---: | ---: |"]
    for contender in contenders:
        lines += _rows(contender.name, await _stages(arena, contender, say))
    return "\n".join([f"{_LOAD.name}:", "", *lines])


async def _stages(arena: Arena, contender: Contender, say: Callable[[str], object]) -> list[_Stage]:
    stages: list[_Stage] = []
    await arena.azure.tell(delay_s=_LOAD.delay_s, answer_bytes=_LOAD.payload_bytes)
    async with arena.started(contender, _LOAD.permits) as (pid, _):
        jobs = 0
        while jobs < _JOBS:
            figures = await measured(arena, contender, _LOAD, pid)
            done = round(figures.jobs_per_s * _LOAD.window_s)
            if not done:
                raise RuntimeError(f"{contender.name} does no jobs any more")
            jobs += done
            stages.append(_Stage(jobs, figures))
            say(f"{contender.name}: {jobs:,} jobs")
    return stages


def _rows(name: str, stages: Sequence[_Stage]) -> Iterator[str]:
    for jobs, figures in stages:
        cpu_ms = figures.cpu_ms_per_job or 0.0
        yield f"| {jobs:,} | {name} | {figures.jobs_per_s:,.0f} | {cpu_ms:.3f} | {figures.rss_mb:.0f} |"
