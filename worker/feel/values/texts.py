"""Values as text: the way string() and the way to json() write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_VALUE_DEPTH
from worker.feel.meter import Meter
from worker.feel.temporal import Date, DateTime, Temporal, Time
from worker.feel.values.key_order import listed
from worker.feel.values.numbers import as_number, write_number
from worker.feel.values.types import Function, Range, Value


@dataclass(frozen=True, slots=True)
class _Style:
    """What differs between the two."""

    comma: str
    key: Callable[[str], str]
    string: Callable[[str], str]
    temporal: Callable[[Temporal], str]
    other: Callable[[str], str]


def write_text(value: Value, meter: Meter) -> str:
    """As string() has it: a text stays as it is, inside a list or context it is quoted."""
    return value if isinstance(value, str) else _written(value, _TEXT, meter, 0)


def write_json(value: Value, meter: Meter) -> str:
    """As to json() has it: compact JSON; temporal values, ranges and functions are JSON texts."""
    return _written(value, _JSON, meter, 0)


def _written(value: Value, style: _Style, meter: Meter, depth: int) -> str:
    if isinstance(value, str):
        meter.spend_text(len(value))
        return style.string(value)
    if isinstance(value, list | dict | Range):
        meter.spend(2 if isinstance(value, Range) else 1 + len(value))
        if depth >= MAX_VALUE_DEPTH:
            raise FeelBudgetExceeded("nested lists and contexts", MAX_VALUE_DEPTH)
        return _container(value, style, meter, depth + 1)
    return style.temporal(value) if isinstance(value, Temporal) else _scalar(value, style)


def _container(value: list[Value] | dict[str, Value] | Range, style: _Style, meter: Meter, depth: int) -> str:
    if isinstance(value, list):
        return f"[{style.comma.join([_written(item, style, meter, depth) for item in value])}]"
    if isinstance(value, dict):
        entries = [f"{style.key(key)}:{_written(item, style, meter, depth)}" for key, item in listed(value)]
        return "{" + style.comma.join(entries) + "}"
    start, end = _written(value.start, _TEXT, meter, depth), _written(value.end, _TEXT, meter, depth)
    return style.other(f"{'[' if value.start_closed else '('}{start}..{end}{']' if value.end_closed else ')'}")


def _scalar(value: Value, style: _Style) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Function):
        return style.other(f"function({', '.join(value.parameters)})")
    number = as_number(value)
    return "null" if number is None else write_number(number)


def _temporal_text(value: Temporal) -> str:
    return value.iso() if isinstance(value, Date) else value.text()


def _temporal_json(value: Temporal) -> str:
    return f'"{value.json_text() if isinstance(value, Time | DateTime) else value.iso()}"'


_TEXT: Final = _Style(", ", str, '"{}"'.format, _temporal_text, str)
_JSON_STRING: Final = partial(json.dumps, ensure_ascii=False)
_JSON: Final = _Style(",", _JSON_STRING, _JSON_STRING, _temporal_json, _JSON_STRING)
