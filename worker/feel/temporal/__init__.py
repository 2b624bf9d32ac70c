"""Dates, times, date-times and durations, independent of the rest of the language."""

from worker.feel.temporal.dates import MONTHS, WEEKDAYS, Date, days_in_month
from worker.feel.temporal.durations import NANOS, DayTimeDuration, YearMonthDuration
from worker.feel.temporal.moments import DateTime
from worker.feel.temporal.reading import (
    Temporal,
    moment_at,
    read_date,
    read_duration,
    read_moment,
    read_temporal,
    read_time,
)
from worker.feel.temporal.times import Time
from worker.feel.temporal.zones import is_zone, read_offset

__all__ = [
    "MONTHS",
    "NANOS",
    "WEEKDAYS",
    "Date",
    "DateTime",
    "DayTimeDuration",
    "Temporal",
    "Time",
    "YearMonthDuration",
    "days_in_month",
    "is_zone",
    "moment_at",
    "read_date",
    "read_duration",
    "read_moment",
    "read_offset",
    "read_temporal",
    "read_time",
]
