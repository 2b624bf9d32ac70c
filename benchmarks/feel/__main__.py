"""`python -m benchmarks.feel`: microseconds per evaluation of the usual result expression, and ratios to ours."""

import json
import statistics
import time
from collections.abc import Callable

from benchmarks.feel.engines import Engine, engines
from benchmarks.feel.responses import CASES, USUAL, Case, response
from worker import feel

_ROUNDS = 5  # of which the median counts; the engines take turns, so that a slow moment of the machine hits all
_AT_LEAST_S = 0.1  # per measurement


def main() -> None:
    """Measure and print one table."""
    print(f"usual: {USUAL}")
    print(f"{'':14}" + "".join(f"{case.name:>24}" for case in CASES))
    with engines() as (found, missing):
        columns = [_column(found, case) for case in CASES]
        for engine in found:
            print(f"{engine.name:14}" + "".join(_cell(column, engine.name) for column in columns))
    print(f"compile, once per expression (worker.feel): {_compile_us():.0f} µs")
    for sentence in missing:
        print(f"left out: {sentence}")


def _column(found: list[Engine], case: Case) -> dict[str, float | None]:
    taken: dict[str, list[float]] = {}
    for engine in found:
        engine.load(response(case.size_bytes))
    for _ in range(_ROUNDS):
        for engine in found:
            taken.setdefault(engine.name, []).append(_us_of(engine, case))
    return {name: _median(times) for name, times in taken.items()}


def _us_of(engine: Engine, case: Case) -> float:
    """Microseconds per evaluation; not a number where the engine's value is another one."""
    try:
        value = engine.run(case.expression, 1)
    except Exception:  # noqa: BLE001 - a peer that cannot do it is a result, not a failure of ours
        return float("nan")
    if json.loads(json.dumps(value)) != case.value:
        return float("nan")
    return _per_round_us(lambda rounds: engine.run(case.expression, rounds))


def _per_round_us(run: Callable[[int], object]) -> float:
    rounds = 1
    while True:
        started_s = time.perf_counter()
        run(rounds)
        took_s = time.perf_counter() - started_s
        if took_s >= _AT_LEAST_S:
            return took_s / rounds * 1e6
        rounds = max(rounds * 2, int(rounds * _AT_LEAST_S / max(took_s, 1e-6)))


def _median(times: list[float]) -> float | None:
    good = [us for us in times if us == us]  # noqa: PLR0124 - nan is not itself
    return statistics.median(good) if good else None


def _cell(column: dict[str, float | None], name: str) -> str:
    own, ours = column[name], column["worker.feel"]
    if own is None or ours is None:
        return f"{'another value':>24}"
    return f"{f'{own:,.1f} µs  {own / ours:,.0f}x':>24}"


def _compile_us() -> float:
    def run(rounds: int) -> object:
        for number in range(rounds):
            feel.compile(f"{USUAL} // {number}")  # another text each time: the last ones are kept
        return None

    return _per_round_us(run)


if __name__ == "__main__":
    main()
