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
from benchmarks.cells import FINAL, FULL, GROWTH, QUICK, TINY, TURNS, Cell
from benchmarks.contenders import FLOOR, NAIVE, OURS, Contender
from benchmarks.double import Double
from benchmarks.endurance import endurance
from benchmarks.rounds import Results, compete
from benchmarks.table import table
from benchmarks.turns import take_turns
from benchmarks.zeebe import against_zeebe

__all__: list[str] = []

_MODES = {"quick": QUICK, "growth": GROWTH, "full": FULL, "final": FINAL, "tiny": TINY, "turns": TURNS}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "mode",
        choices=[*_MODES, "endurance", "zeebe"],
        nargs="?",
        default="quick",
        help="quick: 3 minutes; growth: 6; final: 12, all that was aimed at; zeebe: 2, a real broker; full: 30; "
        "turns: 9, ours and the floor second by second; endurance: 1, one process until its 100,000th job",
    )
    parser.add_argument("--rounds", type=int, default=3, help="medians are taken over that many")
    parser.add_argument("--only", default="", help="names of contenders, separated by commas")
    parser.add_argument("--camunda", action="store_true", help="measure Camunda's runtime too, as full does")
    return parser.parse_args()


async def _main() -> int:
    given = _arguments()
    cells = _MODES.get(given.mode, ())
    chosen = {name.strip() for name in given.only.split(",") if name.strip()}
    # ours and the floor in a row: their ratio is the closest, and a machine with neighbours changes by the minute
    contenders = [one for one in (OURS, FLOOR, NAIVE) if not chosen or one.name in chosen]
    unable: list[str] = []
    if given.mode in {"full", "final", "zeebe"} or given.camunda:
        try:
            contenders.append(await camunda())
        except NotHereError as error:
            unable.append(f"Camunda's runtime: {error}")
    if given.mode == "zeebe":
        print("\n".join([await against_zeebe(contenders, rounds=given.rounds, say=_say), *unable]))
        return 0
    able = [one for one in contenders if one is not NAIVE]  # to keep up with an endless backlog
    if given.mode == "turns":
        _print(await take_turns(able, cells, rounds=given.rounds, say=_say), able, cells)
        return 0
    async with Double("gateway") as gateway, Double("azure") as azure:
        arena = Arena(gateway, azure)
        if given.mode == "endurance":
            print(await endurance(arena, able, say=_say))
            return 0
        results = await compete(arena, contenders, cells, rounds=given.rounds, say=_say)
    results.failures += unable
    _print(results, contenders, cells)
    return 0


def _print(results: Results, contenders: Sequence[Contender], cells: Sequence[Cell]) -> None:
    print(table(results, contenders, cells))
    print(f"\n{aims(results, cells)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if not Path("/proc/self/stat").exists():
        sys.exit("the benchmarks need Linux: they ask its kernel what a process has used")
    sys.exit(asyncio.run(_main()))
