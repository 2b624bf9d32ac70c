"""Equality and order. Values of different types are neither equal nor unequal: the answer is null."""

from __future__ import annotations

from decimal import Decimal

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_VALUE_DEPTH
from worker.feel.meter import Meter
from worker.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.values import utf16
from worker.feel.values.numbers import as_number
from worker.feel.values.types import Function, Number, Range, Value, kind_of


def equal(left: Value, right: Value, meter: Meter, depth: int = 0) -> bool | None:
    """Whether both are the same value; None if their types differ. Null is equal to null only."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list | dict):
        return _equal_containers(left, right, meter, depth)
    if type(left) is type(right) and not isinstance(left, Range):
        return left == right if _is_local(left) == _is_local(right) else None
    number, other = as_number(left), as_number(right)
    return None if number is None or other is None else number == other


def _equal_containers(left: list[Value] | dict[str, Value], right: Value, meter: Meter, depth: int) -> bool | None:
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right, meter, depth)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_contexts(left, right, meter, depth)
    return None


def _descend(meter: Meter, items: int, depth: int) -> None:
    meter.spend_copy(items)
    if depth >= MAX_VALUE_DEPTH:
        raise FeelBudgetExceeded("nested lists and contexts", MAX_VALUE_DEPTH)


def _equal_lists(left: list[Value], right: list[Value], meter: Meter, depth: int) -> bool:
    _descend(meter, len(left), depth)
    return len(left) == len(right) and all(
        equal(one, other, meter, depth + 1) is True for one, other in zip(left, right, strict=True)
    )


def _equal_contexts(left: dict[str, Value], right: dict[str, Value], meter: Meter, depth: int) -> bool:
    _descend(meter, len(left), depth)
    return left.keys() == right.keys() and all(
        equal(value, right[key], meter, depth + 1) is True for key, value in left.items()
    )


def _is_local(value: Value) -> bool:
    return isinstance(value, Time | DateTime) and value.offset_s is None


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None if the two cannot be compared."""
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        return _order_numbers(number, other)
    if isinstance(left, str) and isinstance(right, str):
        return utf16.compare(left, right)
    first, second = _order_key(left), _order_key(right)
    if first is None or second is None or first[0] != second[0]:
        return None
    return (first[1] > second[1]) - (first[1] < second[1])


def _order_numbers(left: Number, right: Number) -> int:
    return (left > right) - (left < right)


def _order_key(value: Value) -> tuple[str, int] | None:
    """A key that compares only with the keys of its own kind."""
    match value:
        case Date():
            return "date", value.epoch_day
        case Time():
            return ("local time" if _is_local(value) else "time"), value.order_key
        case DateTime():
            return ("local date and time" if _is_local(value) else "date and time"), value.instant
        case DayTimeDuration():
            return "days and time duration", value.nanos
        case YearMonthDuration():
            return "years and months duration", value.months
        case _:
            return None


def frozen(value: Value, meter: Meter, depth: int = 0) -> object:
    """A hashable stand-in: two values have equal ones exactly if they are equal."""
    if isinstance(value, list):
        _descend(meter, len(value), depth)
        return "list", tuple(frozen(item, meter, depth + 1) for item in value)
    if isinstance(value, dict):
        _descend(meter, len(value), depth)
        return "context", frozenset((key, frozen(item, meter, depth + 1)) for key, item in value.items())
    if isinstance(value, Range):
        ends = frozen([value.start, value.end], meter, depth + 1)
        return "range", ends, value.start_closed, value.end_closed
    number = as_number(value)
    if number is not None:
        return "number", number if type(number) is int else Decimal(number)
    return kind_of(value), value if not isinstance(value, Function) else id(value)
