"""Values as text: the way string() and the way to json() write them."""

from __future__ import annotations

import json

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_VALUE_DEPTH
from worker.feel.meter import Meter
from worker.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.values.key_order import listed
from worker.feel.values.numbers import as_number, write_number
from worker.feel.values.types import Function, Range, Value


def write_text(value: Value, meter: Meter) -> str:
    """As string() has it: a text stays as it is, inside a list or context it is quoted."""
    return value if isinstance(value, str) else _written(value, meter, 0)


def _written(value: Value, meter: Meter, depth: int) -> str:
    match value:
        case str():
            meter.spend_text(len(value))
            return f'"{value}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            _descend(meter, len(value), depth)
            return "[" + ", ".join([_written(item, meter, depth + 1) for item in value]) + "]"
        case dict():
            _descend(meter, len(value), depth)
            return "{" + ", ".join([f"{key}:{_written(item, meter, depth + 1)}" for key, item in listed(value)]) + "}"
        case Date():
            return value.iso()
        case Time() | DateTime() | DayTimeDuration() | YearMonthDuration():
            return value.text()
        case Function():
            return f"function({', '.join(value.parameters)})"
        case Range():
            return _written_range(value, meter, depth)
        case _:
            return _number_text(value)


def _written_range(value: Range, meter: Meter, depth: int) -> str:
    _descend(meter, 2, depth)
    start, end = _written(value.start, meter, depth + 1), _written(value.end, meter, depth + 1)
    return f"{'[' if value.start_closed else '('}{start}..{end}{']' if value.end_closed else ')'}"


def _number_text(value: Value) -> str:
    number = as_number(value)
    return "null" if number is None else write_number(number)


def write_json(value: Value, meter: Meter, depth: int = 0) -> str:
    """As to json() has it: compact JSON; temporal values, ranges and functions are JSON texts."""
    match value:
        case str():
            meter.spend_text(len(value))
            return json.dumps(value, ensure_ascii=False)
        case list():
            _descend(meter, len(value), depth)
            return "[" + ",".join([write_json(item, meter, depth + 1) for item in value]) + "]"
        case dict():
            _descend(meter, len(value), depth)
            return "{" + ",".join([_json_entry(key, item, meter, depth) for key, item in listed(value)]) + "}"
        case Date() | DayTimeDuration() | YearMonthDuration():
            return f'"{value.iso()}"'
        case Time() | DateTime():
            return f'"{value.json_text()}"'
        case Function() | Range():
            return f'"{_written(value, meter, depth)}"'
        case _:
            return _written(value, meter, depth)


def _json_entry(key: str, value: Value, meter: Meter, depth: int) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}:{write_json(value, meter, depth + 1)}"


def _descend(meter: Meter, items: int, depth: int) -> None:
    meter.spend(1 + items)
    if depth >= MAX_VALUE_DEPTH:
        raise FeelBudgetExceeded("nested lists and contexts", MAX_VALUE_DEPTH)
