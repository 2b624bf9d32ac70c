"""
`python -m benchmarks`: our worker, pyzeebe with httpx, the bare floor and Camunda's runtime, side by side.

Needs Linux, for what a process has used is asked of its kernel. Load goes over loopback alone.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.aims import aims
from benchmarks.bout import Arena
from benchmarks.camunda import NotHereError, camunda
from benchmarks.cells import FINAL, FULL, GROWTH, QUICK, TINY, Cell, taking_turns
from benchmarks.contenders import FLOOR, NAIVE, OURS, Contender
from benchmarks.double import Double
from benchmarks.endurance import endurance
from benchmarks.rounds import Bouts, Results, compete
from benchmarks.table import table
from benchmarks.turns import take_turns
from benchmarks.zeebe import against_zeebe

__all__: list[str] = []

_MODES = {"quick": QUICK, "growth": GROWTH, "full": FULL, "final": FINAL, "tiny": TINY, "turns": FULL}
_WITH_CAMUNDA = {"final", "full", "zeebe"}
_WITH_TURNS = {"final", "full", "turns"}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "mode",
        choices=[*_MODES, "endurance", "zeebe"],
        nargs="?",
        default="quick",
        help="quick: 3 minutes; growth: 11; final: 20, all that was aimed at; zeebe: 2, a real broker; full: 50; "
        "turns: 9, ours and the floor second by second, as final and full have it too; endurance: 1, one process "
        "until its 100,000th job",
    )
    parser.add_argument("--rounds", type=int, default=3, help="medians are taken over that many")
    parser.add_argument("--only", default="", help="names of contenders, separated by commas")
    parser.add_argument("--camunda", action="store_true", help="measure Camunda's runtime too, as full does")
    return parser.parse_args()


async def _main() -> int:
    given = _arguments()
    contenders, unable = await _contenders(given)
    match given.mode:
        case "zeebe":
            print("\n".join([await against_zeebe(contenders, rounds=given.rounds, say=_say), *unable]))
        case "endurance":
            print(await _endured(contenders))
        case _:
            cells = _MODES[given.mode]
            results = await _compared(given.mode, contenders, cells, rounds=given.rounds)
            results.failures += unable
            print(f"{table(results, contenders, cells)}\n\n{aims(results, cells)}")
    return 0


async def _contenders(given: argparse.Namespace) -> tuple[list[Contender], list[str]]:
    """Who takes part, and why somebody does not."""
    chosen = {name.strip() for name in given.only.split(",") if name.strip()}
    # ours and the floor in a row: their ratio is the closest, and a machine with neighbours changes by the minute
    contenders = [one for one in (OURS, FLOOR, NAIVE) if not chosen or one.name in chosen]
    if given.mode not in _WITH_CAMUNDA and not given.camunda:
        return contenders, []
    try:
        return [*contenders, await camunda()], []
    except NotHereError as error:
        return contenders, [f"Camunda's runtime: {error}"]


async def _compared(mode: str, contenders: Sequence[Contender], cells: Sequence[Cell], *, rounds: int) -> Results:
    turns: Bouts = {}
    if mode in _WITH_TURNS:
        close = [one for one in contenders if one in (OURS, FLOOR)]
        turns = await take_turns(close, taking_turns(cells), rounds=rounds, say=_say)
    if mode == "turns":
        return Results(turns=turns)
    async with Double("gateway") as gateway, Double("azure") as azure:
        results = await compete(Arena(gateway, azure), contenders, cells, rounds=rounds, say=_say)
    results.turns = turns
    return results


async def _endured(contenders: Sequence[Contender]) -> str:
    able = [one for one in contenders if one is not NAIVE]  # to keep up with an endless backlog
    async with Double("gateway") as gateway, Double("azure") as azure:
        return await endurance(Arena(gateway, azure), able, say=_say)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if not Path("/proc/self/stat").exists():
        sys.exit("the benchmarks need Linux: they ask its kernel what a process has used")
    sys.exit(asyncio.run(_main()))
