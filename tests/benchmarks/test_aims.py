"""Which figures an aim is judged by."""

from dataclasses import replace

from benchmarks.aims import aims
from benchmarks.bout import Figures
from benchmarks.cells import Cell
from benchmarks.contenders import FLOOR, NAIVE, OURS
from benchmarks.rounds import Bouts, Results
from benchmarks.table import table

SHORT = Cell(in_flight=50, delay_s=0.2)
LONG = Cell(in_flight=50, delay_s=2.0)
ONE = Figures(
    jobs_per_s=100.0,
    cpu_ms_per_job=1.0,
    added_p50_ms=None,
    added_p99_ms=None,
    rss_mb=50.0,
    double_load=0.1,
    failed=0,
)


def bouts(cpu_ms: float, jobs_per_s: float) -> Bouts:
    """Of ours and the floor under both loads; ours needs *cpu_ms* and does *jobs_per_s*, the floor 1 and 100."""
    ours = replace(ONE, cpu_ms_per_job=cpu_ms, jobs_per_s=jobs_per_s)
    return {(cell, who): [one] for cell in (SHORT, LONG) for who, one in (("ours", ours), ("bare floor", ONE))}


def rows(results: Results, text: str) -> list[str]:
    """What is said of the aim *text* under the two loads."""
    return [line.split(" | ")[-2] for line in aims(results, [SHORT, LONG]).splitlines() if text in line]


def test_turns_are_closer_than_bouts() -> None:
    """Where both took turns those count, but for the jobs a second of calls that go on in the other's turn."""
    results = Results(figures=bouts(3.0, 40.0), turns=bouts(1.5, 60.0))

    assert rows(results, "CPU per job: ours by the floor's") == ["1.50", "1.50"]
    assert rows(results, "jobs a second: ours by the floor's") == ["0.60", "0.40"]


def test_bouts_count_where_nobody_took_turns() -> None:
    """As in the shorter modes."""
    results = Results(figures=bouts(3.0, 40.0))

    assert rows(results, "CPU per job: ours by the floor's") == ["3.00", "3.00"]
    assert rows(results, "jobs a second: ours by the floor's") == ["0.40", "0.40"]


def test_both_are_shown() -> None:
    """The table has those of bouts and those of turns, each where there are any."""
    shown = table(Results(figures=bouts(3.0, 40.0), turns=bouts(1.5, 60.0)), [OURS, FLOOR, NAIVE], [SHORT, LONG])
    alone = table(Results(turns=bouts(1.5, 60.0)), [OURS, FLOOR, NAIVE], [SHORT, LONG])

    assert shown.count("| load | who |") == 2
    assert "at rest" in shown
    assert alone.count("| load | who |") == 1
    assert "at rest" not in alone


def test_growth_is_told_by_rate_and_by_length() -> None:
    """The most in flight beside 50, with as many jobs a second and with calls as long; other loads are not alike."""
    most = Cell(in_flight=2000, delay_s=2.0, rate=1000)
    as_busy, as_long = Cell(in_flight=50, delay_s=0.05, rate=1000), Cell(in_flight=50, delay_s=2.0, rate=25)
    unlike = Cell(in_flight=50, delay_s=0.2, rate=250)
    added_ms = {most: 12.0, as_busy: 6.0, as_long: 3.0, unlike: 1.0}
    figures = {(cell, "ours"): [replace(ONE, added_p99_ms=ms)] for cell, ms in added_ms.items()}

    told = [
        line for line in aims(Results(figures=figures), [as_busy, unlike, most, as_long]).splitlines() if "50 |" in line
    ]
    assert [line.split(" | ")[-2:] for line in told] == [["2.00", "met |"], ["4.00", "**not met** |"]]
