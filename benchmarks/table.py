"""The medians of a run as one Markdown table."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final

from benchmarks.cells import Cell
from benchmarks.contenders import Contender
from benchmarks.rounds import Results, middle

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
    """Every load with every contender, then what they need while they do nothing."""
    lines = [*_HEAD, *(line for cell in cells for line in _load(results, contenders, cell))]
    lines += ["", *_REST_HEAD, *_rest(results, contenders, cells)]
    busiest = max((one.double_load for figures in results.figures.values() for one in figures), default=0.0)
    lines += ["", f"The gateway double used at most {busiest:.0%} of a core."]
    lines += [f"Not measured: {failure}." for failure in dict.fromkeys(results.failures)]
    return "\n".join(lines)


def _load(results: Results, contenders: Sequence[Contender], cell: Cell) -> Iterator[str]:
    ours = _of(results, cell, contenders[0], "cpu_ms_per_job")
    for contender in contenders:
        if not results.figures[cell, contender.name]:
            continue
        cpu_ms = _of(results, cell, contender, "cpu_ms_per_job")
        ratio = cpu_ms / ours if cpu_ms and ours else None
        parts = (
            _shown(_of(results, cell, contender, "jobs_per_s"), 0),
            _shown(cpu_ms, 3),
            _shown(ratio, 2),
            _shown(_of(results, cell, contender, "added_p50_ms"), 1),
            _shown(_of(results, cell, contender, "added_p99_ms"), 1),
            _shown(_of(results, cell, contender, "rss_mb"), 0),
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
        rss_mb = _of(results, cell, contender, "rss_mb")
        if rss_mb is not None:
            shape = (cell.delay_s, cell.payload_bytes, cell.rate is None)
            by_shape.setdefault(shape, []).append((cell.in_flight, rss_mb))
    spans = [(min(points), max(points)) for points in by_shape.values() if len(points) > 1]
    return middle([(most[1] - least[1]) * 1024 / (most[0] - least[0]) for least, most in spans])


def _of(results: Results, cell: Cell, contender: Contender, name: str) -> float | None:
    return middle([attrgetter(name)(one) for one in results.figures[cell, contender.name]])


def _shown(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"
