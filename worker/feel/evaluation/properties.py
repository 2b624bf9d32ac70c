"""The properties of temporal values, such as date("2024-02-29").year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from worker.feel.run import Run
from worker.feel.temporal import NANOS, Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.values import Range, Value, kind_of


def _offset(value: Time | DateTime) -> Value:
    return None if value.offset_s is None else DayTimeDuration(value.offset_s * NANOS)


_PROPERTIES: Final[dict[type, dict[str, Callable[..., Value]]]] = {
    Date: {
        "year": lambda date: date.civil[0],
        "month": lambda date: date.civil[1],
        "day": lambda date: date.civil[2],
        "weekday": lambda date: date.weekday,
    },
    Time: {
        "hour": lambda time: time.clock[0],
        "minute": lambda time: time.clock[1],
        "second": lambda time: time.clock[2],
        "timezone": lambda time: time.zone,
        "time offset": _offset,
    },
    DateTime: {
        "year": lambda moment: moment.date.civil[0],
        "month": lambda moment: moment.date.civil[1],
        "day": lambda moment: moment.date.civil[2],
        "weekday": lambda moment: moment.date.weekday,
        "hour": lambda moment: moment.time.clock[0],
        "minute": lambda moment: moment.time.clock[1],
        "second": lambda moment: moment.time.clock[2],
        "timezone": lambda moment: moment.zone,
        "time offset": _offset,
    },
    DayTimeDuration: {
        "days": lambda duration: duration.parts[0],
        "hours": lambda duration: duration.parts[1],
        "minutes": lambda duration: duration.parts[2],
        "seconds": lambda duration: duration.parts[3],
    },
    YearMonthDuration: {
        "years": lambda duration: duration.parts[0],
        "months": lambda duration: duration.parts[1],
    },
    Range: {
        "start": lambda span: span.start,
        "end": lambda span: span.end,
        "start included": lambda span: span.start_closed,
        "end included": lambda span: span.end_closed,
    },
}


def property_of(value: Value, name: str, run: Run) -> Value:
    """The property *name* of a temporal value or range; null with a warning for any other."""
    read = _PROPERTIES.get(type(value), {}).get(name)
    if read is None:
        run.warn(f"no property '{name}' in {kind_of(value)}")
        return None
    return read(value)
