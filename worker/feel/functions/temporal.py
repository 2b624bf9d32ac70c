"""Functions that make temporal values or look into them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.temporal import (
    MONTHS,
    NANOS,
    WEEKDAYS,
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    days_in_month,
    is_zone,
    moment_at,
    read_date,
    read_duration,
    read_moment,
    read_offset,
    read_time,
)
from worker.feel.values import Number, Value

_MAX_OFFSET_NANOS: Final = 18 * 3600 * NANOS


def _noted(run: Run, name: str, value: Value) -> Value:
    """*value*, with a warning if it is null."""
    if value is None:
        run.warn(f"{name}: there is no such {name}")
    return value


def _date_from_text(run: Run, text: str) -> Value:
    return _noted(run, "date", read_date(text))


def _date_part(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


def _date_from(_run: Run, value: Date | DateTime) -> Value:
    return _date_part(value)


def _date(run: Run, year: Number, month: Number, day: Number) -> Value:
    return _noted(run, "date", Date.of(int(year), int(month), int(day)))


def _time_from_text(run: Run, text: str) -> Value:
    return _noted(run, "time", read_time(text))


def _time_from(_run: Run, value: Time | DateTime) -> Value:
    return value.time if isinstance(value, DateTime) else value


def _time(_run: Run, hour: Number, minute: Number, second: Number) -> Value:
    return _clock(hour, minute, second, None)


def _time_with_offset(run: Run, hour: Number, minute: Number, second: Number, offset: DayTimeDuration | None) -> Value:
    if offset is None:
        return _clock(hour, minute, second, None)
    if abs(offset.nanos) > _MAX_OFFSET_NANOS:
        run.warn("time: offset must not be beyond 18 hours")
        return None
    return _clock(hour, minute, second, int(offset.nanos / NANOS))


def _clock(hour: Number, minute: Number, second: Number, offset_s: int | None) -> Time | None:
    whole = int(second)
    return Time.of(int(hour), int(minute), whole, offset_s=offset_s, fraction=int((second - whole) * NANOS))


def _moment_from_text(run: Run, text: str) -> Value:
    return _noted(run, "date and time", read_moment(text))


def _moment_from(_run: Run, value: DateTime) -> Value:
    return value


def _moment(_run: Run, day: Date | DateTime, time: Time) -> Value:
    date = _date_part(day)
    if time.zone is not None:
        return DateTime.in_zone(date, time.nanos, time.zone)
    return DateTime(date, time.nanos, time.offset_s)


def _moment_in_zone(run: Run, moment: DateTime, timezone: str) -> Value:
    """The same instant as a clock in *timezone* shows it; a plain wall clock is put there as it is."""
    offset_s = read_offset(timezone)
    if offset_s is None and not is_zone(timezone):
        run.warn(f"date and time: no time zone '{timezone}'")
        return None
    if moment.offset_s is None:
        return moment_at(moment.date, moment.nanos, timezone)
    return DateTime.of_instant(moment.instant, offset_s or 0, timezone if is_zone(timezone) else None)


def _duration(run: Run, text: str) -> Value:
    return _noted(run, "duration", read_duration(text))


def _months_between(_run: Run, start: Date | DateTime, end: Date | DateTime) -> Value:
    return YearMonthDuration.of_months(_date_part(start).months_until(_date_part(end)))


def _now(run: Run) -> Value:
    if run.clock is None:
        run.warn("now: there is no clock here")
        return None
    return _moment_of(run.clock())


def _moment_of(instant: datetime) -> DateTime | None:
    date = Date.of(instant.year, instant.month, instant.day)
    seconds = (instant.hour * 60 + instant.minute) * 60 + instant.second
    shift = instant.utcoffset()
    offset_s = None if shift is None else int(shift.total_seconds())
    zone = getattr(instant.tzinfo, "key", None)  # zoneinfo's name; a plain offset has none
    return None if date is None else DateTime(date, seconds * NANOS + instant.microsecond * 1_000, offset_s, zone)


def _today(run: Run) -> Value:
    moment = _now(run)
    return moment.date if isinstance(moment, DateTime) else None


def _day_of_week(_run: Run, value: Date | DateTime) -> Value:
    return WEEKDAYS[_date_part(value).weekday - 1]


def _day_of_year(_run: Run, value: Date | DateTime) -> Value:
    return _date_part(value).day_of_year


def _week_of_year(_run: Run, value: Date | DateTime) -> Value:
    return _date_part(value).week_of_year


def _month_of_year(_run: Run, value: Date | DateTime) -> Value:
    return MONTHS[_date_part(value).civil[1] - 1]


def _last_day_of_month(_run: Run, value: Date | DateTime) -> Value:
    year, month, _ = _date_part(value).civil
    return Date.of(year, month, days_in_month(year, month))


SIGNATURES: Final = (
    define("date(from: string)", _date_from_text),
    define("date(from: temporal)", _date_from),
    define("date(year: number, month: number, day: number)", _date),
    define("time(from: string)", _time_from_text),
    define("time(from: time|date and time)", _time_from),
    define("time(hour: number, minute: number, second: number)", _time),
    define(
        "time(hour: number, minute: number, second: number, offset: null|days and time duration)", _time_with_offset
    ),
    define("date and time(from: string)", _moment_from_text),
    define("date and time(from: date and time)", _moment_from),
    define("date and time(date: temporal, time: time)", _moment),
    define("date and time(date: date and time, timezone: string)", _moment_in_zone),
    define("duration(from: string)", _duration),
    define("years and months duration(from: temporal, to: temporal)", _months_between),
    define("now()", _now),
    define("today()", _today),
    define("day of week(date: temporal)", _day_of_week),
    define("day of year(date: temporal)", _day_of_year),
    define("week of year(date: temporal)", _week_of_year),
    define("month of year(date: temporal)", _month_of_year),
    define("last day of month(date: temporal)", _last_day_of_month),
)
