"""The properties of temporal values, such as date("2024-02-29").year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from worker.feel.run import Run
from worker.feel.temporal import NANOS, Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.values import Range, Value, kind_of


def _offset(value: Time | DateTime) -> Value:
    return None if value.offset_s is None else DayTimeDuration(value.offset_s * NANOS)


_DATE: Final[dict[str, Callable[[Date], Value]]] = {
    "year": lambda date: date.civil[0],
    "month": lambda date: date.civil[1],
    "day": lambda date: date.civil[2],
    "weekday": lambda date: date.weekday,
}
_TIME: Final[dict[str, Callable[[Time], Value]]] = {
    "hour": lambda time: time.clock[0],
    "minute": lambda time: time.clock[1],
    "second": lambda time: time.clock[2],
    "timezone": lambda time: time.zone,
}
_DAY_TIME: Final = ("days", "hours", "minutes", "seconds")
_YEAR_MONTH: Final = ("years", "months")
_RANGE: Final[dict[str, Callable[[Range], Value]]] = {
    "start": lambda span: span.start,
    "end": lambda span: span.end,
    "start included": lambda span: span.start_closed,
    "end included": lambda span: span.end_closed,
}


def property_of(value: Value, name: str, run: Run) -> Value:
    """The property *name* of a temporal value; null with a warning for any other."""
    match value:
        case Date() if name in _DATE:
            return _DATE[name](value)
        case Time() | DateTime() if name == "time offset":
            return _offset(value)
        case Time() if name in _TIME:
            return _TIME[name](value)
        case DateTime() if name in _DATE:
            return _DATE[name](value.date)
        case DateTime() if name in _TIME:
            return _TIME[name](value.time)
        case DayTimeDuration() if name in _DAY_TIME:
            return value.parts[_DAY_TIME.index(name)]
        case YearMonthDuration() if name in _YEAR_MONTH:
            return value.parts[_YEAR_MONTH.index(name)]
        case Range() if name in _RANGE:
            return _RANGE[name](value)
        case _:
            run.warn(f"no property '{name}' in {kind_of(value)}")
            return None
