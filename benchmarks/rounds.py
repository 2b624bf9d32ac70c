"""All contenders under all loads, in turns, so that whatever else the machine does meets them all alike."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from statistics import median
from typing import Final

from benchmarks.bout import Arena, Figures, Rest, contest, rest
from benchmarks.cells import Cell
from benchmarks.contenders import Contender

__all__ = ["Bouts", "Results", "compete", "middle", "middle_of"]

_BOUT_AT_MOST_S: Final = 120.0
_REST_AT_MOST_S: Final = 4.0


Bouts = dict[tuple[Cell, str], list[Figures]]
"""By load and contender, round by round."""


@dataclass(slots=True)
class Results:
    """
    What each contender came to, round by round; a bout that could not be held is in *failures* alone.

    *turns* are those of contenders that shared a load second by second.
    """

    figures: Bouts = field(default_factory=lambda: defaultdict(list))
    turns: Bouts = field(default_factory=dict)
    rests: dict[str, list[Rest]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)


async def compete(
    arena: Arena, contenders: Sequence[Contender], cells: Sequence[Cell], *, rounds: int, say: Callable[[str], object]
) -> Results:
    """
    Hold every bout *rounds* times: the contenders take turns under one load before the next one comes.

    Every other round the other way round, so that nobody always follows the one that has worn the machine out.
    """
    rest_s = min(_REST_AT_MOST_S, max(cell.window_s for cell in cells))
    results = Results()
    for number in range(rounds):
        in_order = contenders[:: 1 if number % 2 == 0 else -1]
        for contender in in_order:
            say(f"round {number + 1} of {rounds}: at rest, {contender.name}")
            await _noted(results, contender, _rest(arena, contender, results, rest_s))
        for cell in cells:
            for contender in in_order:
                if cell.in_flight <= contender.at_most and contender.name in (cell.only or (contender.name,)):
                    say(f"round {number + 1} of {rounds}: {cell.name}, {contender.name}")
                    await _noted(results, contender, _bout(arena, contender, cell, results))
    return results


async def _noted(results: Results, contender: Contender, bout: Coroutine[object, object, None]) -> None:
    try:
        await asyncio.wait_for(bout, _BOUT_AT_MOST_S)
    except (RuntimeError, OSError, TimeoutError) as error:
        results.failures.append(f"{contender.name}: {error!r}")


async def _rest(arena: Arena, contender: Contender, results: Results, window_s: float) -> None:
    results.rests[contender.name].append(await rest(arena, contender, window_s=window_s))


async def _bout(arena: Arena, contender: Contender, cell: Cell, results: Results) -> None:
    results.figures[cell, contender.name].append(await contest(arena, contender, cell))


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what was measured; None where nothing was."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def middle_of(bouts: Bouts, cell: Cell, who: str, figure: str) -> float | None:
    """The median of that *figure* over the bouts of *who* under the load of *cell*."""
    return middle([attrgetter(figure)(one) for one in bouts.get((cell, who), ())])
