"""What was aimed at, beside what a run has measured: medians, and ratios of them."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from benchmarks.cells import Cell
from benchmarks.rounds import Bouts, Results, middle, middle_of

__all__ = ["aims"]

_OURS, _NAIVE, _FLOOR, _CAMUNDA = "ours", "pyzeebe + httpx", "bare floor", "Camunda's runtime"
_MANY: Final = 500
_SOME: Final = 50
_LONG_S: Final = 1.0

_Load = Literal["waiting", "waiting, many", "appearing at 50", "any"]


class _Aim(NamedTuple):
    """*figure* of *who*, divided by that of *by* where there is one, is at least (or at most) *bound* under *load*."""

    text: str
    figure: str
    who: str
    by: str | None
    sign: Literal[">=", "<="]
    bound: float
    load: _Load = "waiting"


_AIMS: Final = (
    _Aim("CPU per job: Camunda's by ours", "cpu_ms_per_job", _CAMUNDA, _OURS, ">=", 10),
    _Aim("CPU per job: pyzeebe + httpx's by ours", "cpu_ms_per_job", _NAIVE, _OURS, ">=", 10),
    _Aim("CPU per job: ours by the floor's", "cpu_ms_per_job", _OURS, _FLOOR, "<=", 2),
    _Aim("jobs a second: ours by pyzeebe + httpx's", "jobs_per_s", _OURS, _NAIVE, ">=", 10, "waiting, many"),
    _Aim("jobs a second: ours by the floor's", "jobs_per_s", _OURS, _FLOOR, ">=", 0.5),
    _Aim("added p50, ms", "added_p50_ms", _OURS, None, "<=", 5, "appearing at 50"),
    _Aim("added p99, ms", "added_p99_ms", _OURS, None, "<=", 25, "appearing at 50"),
    _Aim("memory: Camunda's by ours", "rss_mb", _CAMUNDA, _OURS, ">=", 5, "any"),
)


def aims(results: Results, cells: Sequence[Cell]) -> str:
    """One row for each aim under each load that it is about and that was measured."""
    lines = ["| aim | wanted | load | measured | |", "| --- | ---: | --- | ---: | --- |"]
    for aim in _AIMS:
        for cell in cells:
            if _is_meant(aim.load, cell):
                lines += _row(aim, cell.name, _of(results, aim, cell))
    start = _Aim("cold start: Camunda's by ours", "start_s", _CAMUNDA, _OURS, ">=", 10)
    lines += _row(start, "at rest", _ratio(*(_rest(results, who) for who in (_CAMUNDA, _OURS))))
    return "\n".join([*lines, *_growth(results, cells)])


def _is_meant(load: _Load, cell: Cell) -> bool:
    if not cell.is_small or cell.in_flight < _SOME:
        return False
    match load:
        case "any":
            return True
        case "appearing at 50":
            return cell.rate is not None and cell.in_flight == _SOME
        case "waiting, many":  # long calls bound the jobs a second by themselves, whoever makes them
            return cell.rate is None and cell.in_flight >= _MANY and cell.delay_s < _LONG_S
        case _:
            return cell.rate is None


def _row(aim: _Aim, load: str, value: float | None) -> Iterator[str]:
    if value is not None:
        is_met = value >= aim.bound if aim.sign == ">=" else value <= aim.bound
        yield f"| {aim.text} | {aim.sign} {aim.bound:g} | {load} | {value:.2f} | {'met' if is_met else '**not met**'} |"


def _of(results: Results, aim: _Aim, cell: Cell) -> float | None:
    bouts = _closest(results, aim, cell)
    one = middle_of(bouts, cell, aim.who, aim.figure)
    return one if aim.by is None else _ratio(one, middle_of(bouts, cell, aim.by, aim.figure))


def _closest(results: Results, aim: _Aim, cell: Cell) -> Bouts:
    """Turns where both have taken them; but calls that are longer than one go on in others' turns and end in theirs."""
    tells_nothing = aim.figure == "jobs_per_s" and cell.delay_s >= _LONG_S
    has_both = all(results.turns.get((cell, who)) for who in (aim.who, aim.by or ""))
    return results.turns if has_both and not tells_nothing else results.figures


def _rest(results: Results, who: str) -> float | None:
    return middle([one.start_s for one in results.rests[who]])


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _growth(results: Results, cells: Sequence[Cell]) -> Iterator[str]:
    """From 50 in flight to the most, where jobs appear: as many a second, and with calls as long."""
    loads = sorted((cell for cell in cells if cell.rate and cell.is_small), key=attrgetter("in_flight"))
    aim = _Aim("added p99: most in flight by 50", "added_p99_ms", _OURS, None, "<=", 3)
    for few in loads[:-1]:
        most = loads[-1]
        if few.in_flight == _SOME < most.in_flight and (few.rate == most.rate or few.delay_s == most.delay_s):
            added = (middle_of(results.figures, cell, _OURS, "added_p99_ms") for cell in (most, few))
            yield from _row(aim, f"{most.name}; {few.name}", _ratio(*added))
