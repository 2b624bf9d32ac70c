"""The medians of a run as one Markdown table."""

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.cells import Cell
from benchmarks.contenders import Contender
from benchmarks.rounds import Bouts, Results, middle, middle_of

__all__ = ["table"]

_HEAD: Final = (
    "| load | who | jobs/s | CPU ms per job | times ours | added p50 ms | added p99 ms | RSS MB |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
)
_REST_HEAD: Final = (
    "| at rest | cold start s | RSS MB | CPU ms per s | KB per further call in flight |",
    "| --- | ---: | ---: | ---: | ---: |",
)


def table(results: Results, contenders: Sequence[Contender], cells: Sequence[Cell]) -> str:
    """Every load with every contender, what they need while they do nothing, and those that took turns."""
    lines = []
    if results.figures:
        lines += [*_loads(results.figures, contenders, cells), "", *_REST_HEAD, *_rest(results, contenders, cells), ""]
    if results.turns:
        lines += ["Second by second:", "", *_loads(results.turns, contenders, cells), ""]
    bouts = [*results.figures.values(), *results.turns.values()]
    busiest = max((one.double_load for figures in bouts for one in figures), default=0.0)
    lines.append(f"The gateway double used at most {busiest:.0%} of a core.")
    lines += [f"Not measured: {failure}." for failure in dict.fromkeys(results.failures)]
    return "\n".join(lines)


def _loads(bouts: Bouts, contenders: Sequence[Contender], cells: Sequence[Cell]) -> Iterator[str]:
    yield from _HEAD
    for cell in cells:
        yield from _load(bouts, contenders, cell)


def _load(bouts: Bouts, contenders: Sequence[Contender], cell: Cell) -> Iterator[str]:
    ours = middle_of(bouts, cell, contenders[0].name, "cpu_ms_per_job")
    for contender in contenders:
        if not bouts.get((cell, contender.name)):
            continue
        cpu_ms = middle_of(bouts, cell, contender.name, "cpu_ms_per_job")
        ratio = cpu_ms / ours if cpu_ms and ours else None
        parts = (
            _shown(middle_of(bouts, cell, contender.name, "jobs_per_s"), 0),
            _shown(cpu_ms, 3),
            _shown(ratio, 2),
            _shown(middle_of(bouts, cell, contender.name, "added_p50_ms"), 1),
            _shown(middle_of(bouts, cell, contender.name, "added_p99_ms"), 1),
            _shown(middle_of(bouts, cell, contender.name, "rss_mb"), 0),
        )
        yield f"| {cell.name} | {contender.name} | {' | '.join(parts)} |"


def _rest(results: Results, contenders: Sequence[Contender], cells: Sequence[Cell]) -> Iterator[str]:
    for contender in contenders:
        rests = results.rests[contender.name]
        parts = (
            _shown(middle([rest.start_s for rest in rests]), 2),
            _shown(middle([rest.rss_mb for rest in rests]), 0),
            _shown(middle([rest.cpu_ms_per_s for rest in rests]), 1),
            _shown(_per_call_kb(results, contender, cells), 0),
        )
        yield f"| {contender.name} | {' | '.join(parts)} |"


def _per_call_kb(results: Results, contender: Contender, cells: Sequence[Cell]) -> float | None:
    """Between the fewest and the most calls in flight that were measured with the same service."""
    by_shape: dict[tuple[float, int, bool], list[tuple[int, float]]] = {}
    for cell in cells:
        rss_mb = middle_of(results.figures, cell, contender.name, "rss_mb")
        if rss_mb is not None:
            shape = (cell.delay_s, cell.payload_bytes, cell.rate is None)
            by_shape.setdefault(shape, []).append((cell.in_flight, rss_mb))
    spans = [(min(points), max(points)) for points in by_shape.values() if len(points) > 1]
    return middle([(most[1] - least[1]) * 1024 / (most[0] - least[0]) for least, most in spans])


def _shown(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"
