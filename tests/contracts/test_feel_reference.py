import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.shared import shared
from worker import feel
from worker.feel import FeelError
from worker.feel.temporal import Date, DateTime, Time, read_temporal

AT_LEAST = {"connector": 0.995, "documentation": 0.995, "engine tests": 0.995, "generated": 0.995, "DMN TCK": 0.96}
MISSES = Path(__file__).parents[2] / "docs/feel.md"
MISS = re.compile(r"^\| `([^`]+:[^`]+)` \| ", re.MULTILINE)
TOLERANCE = 1e-9  # relative
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


class Case(NamedTuple):
    """One expression with the reference engine's answer; *value* is meaningless if the reference *fails*."""

    id: str
    source: str
    expression: str
    context: dict[str, object]
    fails: bool
    value: object


@cache
def cases() -> list[Case]:
    """Every case of every source."""
    rows = [json.loads(line) for line in shared("feel/cases.jsonl").read_text(encoding="utf-8").splitlines()]
    first, *generated = shared("feel/generated.jsonl").read_text(encoding="utf-8").splitlines()
    contexts = json.loads(first)["contexts"]
    for line in generated:
        row = json.loads(line)
        rows.append({**row, "source": "generated", "context": contexts[row["context"]]})
    return [
        Case(row["id"], row["source"], row["expression"], row["context"], row.get("error", False), row.get("value"))
        for row in rows
    ]


def same(expected: object, actual: object) -> bool:
    """Equal as JSON; numbers nearly so, temporal texts if they mean the same."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        return abs(expected - actual) <= TOLERANCE * max(abs(expected), abs(actual))
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or (meaning(expected) is not None and meaning(expected) == meaning(actual))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[key]) for key, value in expected.items())
    return expected is actual is None


def meaning(text: str) -> object:
    """The instant or duration that a text means; None if it is no temporal value."""
    value = read_temporal(text)
    match value:
        case DateTime():
            return "moment", value.offset_s is None, value.instant
        case Time():
            return "time", value.offset_s is None, value.order_key
        case Date():
            return "date", value.epoch_day
        case _:
            return value


def is_right(case: Case) -> bool:
    """Whether this engine answers, or fails, as the reference does."""
    try:
        result = feel.compile(case.expression).evaluate(case.context, clock=lambda: CLOCK, chance=lambda: 0.25)
    except FeelError:
        return case.fails
    return not case.fails and same(case.value, result.value)


@cache
def misses() -> dict[str, str]:
    """The cases that this engine answers differently, with their sources."""
    return {case.id: case.source for case in cases() if not is_right(case)}


@pytest.mark.parametrize(("source", "rate"), AT_LEAST.items())
def test_enough_answers_are_the_reference_s(source: str, rate: float) -> None:
    """Each source for itself is answered as the engine that Camunda runs answers it."""
    total = Counter(case.source for case in cases())[source]
    wrong = Counter(misses().values())[source]

    assert rate <= (total - wrong) / total


def test_every_miss_is_explained() -> None:
    """The documentation lists exactly the cases that differ."""
    assert set(MISS.findall(MISSES.read_text(encoding="utf-8"))) == misses().keys()
