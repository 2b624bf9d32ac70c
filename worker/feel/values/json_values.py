"""What a value becomes in a process variable."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Union

from worker.feel.errors import FeelBudgetExceeded, FeelEvaluationError
from worker.feel.limits import MAX_RESULT_WEIGHT, MAX_VALUE_DEPTH
from worker.feel.meter import Meter
from worker.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.values.texts import write_text
from worker.feel.values.types import Function, Range, Value
from worker.feel.values.utf16 import repaired

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]

_MAX_WHOLE_DIGITS = 40  # wider whole numbers become doubles
_NODE_WEIGHT = 16


def to_json(value: Value) -> Json:
    """
    The JSON data that stands for *value*.

    Whole numbers are ints and keep every digit, other numbers floats. Temporal values are ISO texts: a duration of a
    day is "PT24H", a zoned date-time has its offset. A function is null. Lists and contexts are copied. A result that
    is too large or nested too deeply raises FeelBudgetExceeded; a number beyond a double FeelEvaluationError.
    """
    return _converted(value, _Weight(), 0)


class _Weight:
    """The size of a result so far; the same list mentioned twice counts twice, as it will in JSON."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0

    def add(self, weight: int) -> None:
        self.total += weight
        if self.total > MAX_RESULT_WEIGHT:
            raise FeelBudgetExceeded("characters in its result", MAX_RESULT_WEIGHT)


def _converted(value: Value, weight: _Weight, depth: int) -> Json:
    if isinstance(value, str):
        weight.add(_NODE_WEIGHT + len(value))
        return repaired(value)
    if isinstance(value, list | dict):
        return _container(value, weight, depth)
    weight.add(_NODE_WEIGHT)
    return value if value is None or isinstance(value, int) else _scalar(value)


def _container(value: list[Value] | dict[str, Value], weight: _Weight, depth: int) -> Json:
    weight.add(_NODE_WEIGHT)
    if depth >= MAX_VALUE_DEPTH:
        raise FeelBudgetExceeded("nested lists and contexts", MAX_VALUE_DEPTH)
    if isinstance(value, list):
        return [_converted(item, weight, depth + 1) for item in value]
    converted: dict[str, Json] = {}
    for key, item in value.items():
        weight.add(len(key))
        converted[repaired(key)] = _converted(item, weight, depth + 1)
    return converted


def _scalar(value: Value) -> Json:
    match value:
        case Decimal():
            return _number(value)
        case float():
            return value if math.isfinite(value) else None
        case Date() | Time() | DateTime() | DayTimeDuration() | YearMonthDuration():
            return value.iso()
        case Range():
            return write_text(value, Meter(MAX_RESULT_WEIGHT))
        case Function():
            return None
        case _:
            raise FeelEvaluationError(f"a value of type {type(value).__name__} has no JSON form")


def _number(value: Decimal) -> int | float:
    if value.adjusted() <= _MAX_WHOLE_DIGITS and value == value.to_integral_value():
        return int(value)
    double = float(value)
    if not math.isfinite(double):
        raise FeelEvaluationError("the number is too large for JSON")
    return double
