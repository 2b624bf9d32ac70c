"""
Contenders that share a load second by second: while one runs, the others stand still.

Between two bouts a machine with neighbours may change by half; between two seconds it hardly does. Cost and jobs a
second are compared by what came of a contender's own seconds; what is added to a call is not to be had this way.
"""

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

from benchmarks.bout import Arena, Figures, measured
from benchmarks.cells import Cell
from benchmarks.contenders import Contender
from benchmarks.double import Double
from benchmarks.rounds import Bouts

__all__ = ["take_turns"]

_TURN_S: Final = 1.0


async def take_turns(
    contenders: Sequence[Contender],
    cells: Sequence[Cell],
    *,
    rounds: int,
    turns: int = 7,
    say: Callable[[str], object],
) -> Bouts:
    """Put all *contenders* under each load *rounds* times, each time for *turns* of one second each."""
    taken: Bouts = defaultdict(list)
    for number in range(rounds):
        for cell in cells:
            say(f"round {number + 1} of {rounds}: {cell.name}, in turns")
            figures = await _side_by_side(contenders, cell, turns)
            for contender, one in zip(contenders, figures, strict=True):
                taken[cell, contender.name].append(one)
    return taken


async def _side_by_side(contenders: Sequence[Contender], cell: Cell, turns: int) -> list[Figures]:
    whole = replace(cell, window_s=turns * len(contenders) * _TURN_S)
    async with AsyncExitStack() as running:
        azure = await running.enter_async_context(Double("azure"))
        await azure.tell(delay_s=cell.delay_s, answer_bytes=cell.payload_bytes)
        pids, bouts = [], []
        for contender in contenders:
            arena = Arena(await running.enter_async_context(Double("gateway")), azure)
            pid, _ = await running.enter_async_context(arena.started(contender, cell.permits))
            pids.append(pid)
            bouts.append(measured(arena, contender, whole, pid))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_in_turn(pids, turns, whole.warm_s))
            measuring = [tasks.create_task(bout) for bout in bouts]
    return [_of_own_seconds(one.result(), len(contenders)) for one in measuring]


async def _in_turn(pids: Sequence[int], turns: int, warm_s: float) -> None:
    await asyncio.sleep(warm_s)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    for turn in range(turns):
        for pid in pids if turn % 2 else reversed(pids):
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(_TURN_S)
            os.kill(pid, signal.SIGSTOP)


def _of_own_seconds(figures: Figures, contenders: int) -> Figures:
    return replace(figures, jobs_per_s=figures.jobs_per_s * contenders, added_p50_ms=None, added_p99_ms=None)
