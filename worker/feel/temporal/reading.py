"""Temporal values from text. Every reader gives None for a text that is not exactly of its kind."""

from __future__ import annotations

import re

from worker.feel.temporal.dates import Date
from worker.feel.temporal.durations import NANOS, DayTimeDuration, YearMonthDuration
from worker.feel.temporal.moments import DateTime
from worker.feel.temporal.times import Time
from worker.feel.temporal.zones import is_zone, read_offset, standard_offset

_DATE = re.compile(r"(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:(?P<offset>Z|[+-][0-9:]+)(?:\[(?P<place>[^\]]+)\])?|@(?P<zone>.+))?"
)
_YEAR_MONTH = re.compile(r"(-?)P(?:(-?[0-9]{1,12})Y)?(?:(-?[0-9]{1,12})M)?")
_DAY_TIME = re.compile(
    r"(-?)P(?:(-?[0-9]{1,18})D)?"
    r"(?:T(?:(-?[0-9]{1,18})H)?(?:(-?[0-9]{1,18})M)?(?:(-?)([0-9]{1,18})(?:\.([0-9]{0,9}))?S)?)?"
)
_MAX_TEXT = 200

Temporal = Date | Time | DateTime | DayTimeDuration | YearMonthDuration


def read_date(text: str) -> Date | None:
    """As in "2024-02-29"; years have four to nine digits."""
    match = _DATE.fullmatch(text)
    return None if match is None else Date.of(int(match[1]), int(match[2]), int(match[3]))


def read_time(text: str) -> Time | None:
    """As in "10:15:30.5", "T10:15:30+02:00" or "10:15:30@Europe/Paris"."""
    match = _TIME.fullmatch(text.removeprefix("T"))
    clock = None if match is None else _clock(match)
    if match is None or clock is None or match["place"]:
        return None
    if match["offset"]:
        offset_s = read_offset(match["offset"])
        return None if offset_s is None else Time(clock, offset_s)
    if match["zone"] is None:
        return Time(clock)
    offset_s = read_offset(match["zone"])
    if offset_s is not None and not is_zone(match["zone"]):
        return Time(clock, offset_s)
    return Time(clock, standard_offset(match["zone"]), match["zone"]) if is_zone(match["zone"]) else None


def _clock(match: re.Match[str]) -> int | None:
    fraction = int((match[4] or "").ljust(9, "0"))
    time = Time.of(int(match[1]), int(match[2]), int(match[3] or 0), fraction=fraction)
    return None if time is None else time.nanos


def read_moment(text: str) -> DateTime | None:
    """
    As in "2024-02-29T10:15:30", with or without "Z", "+02:00", "+02:00[Europe/Berlin]" or "@Europe/Berlin".

    A date alone is its midnight.
    """
    date_text, separator, time_text = text.partition("T")
    date = read_date(date_text)
    if date is None or not separator:
        return None if date is None else DateTime(date, 0)
    match = _TIME.fullmatch(time_text)
    clock = None if match is None else _clock(match)
    if match is None or clock is None:
        return None
    if match["zone"]:
        return moment_at(date, clock, match["zone"])
    return DateTime(date, clock) if match["offset"] is None else _moment_with_offset(date, clock, match)


def _moment_with_offset(date: Date, clock: int, match: re.Match[str]) -> DateTime | None:
    """With a place in brackets, the offset says which instant is meant and the place how its clocks show it."""
    offset_s = read_offset(match["offset"])
    if offset_s is None:
        return None
    moment = DateTime(date, clock, offset_s)
    if match["place"] is None:
        return moment
    return DateTime.of_instant(moment.instant, offset_s, match["place"]) if is_zone(match["place"]) else None


def moment_at(date: Date, nanos: int, zone: str) -> DateTime | None:
    """The wall clock in *zone*, a name or an offset; None if there is no such zone."""
    if is_zone(zone):
        return DateTime.in_zone(date, nanos, zone)
    offset_s = read_offset(zone)
    return None if offset_s is None else DateTime(date, nanos, offset_s)


def read_duration(text: str) -> DayTimeDuration | YearMonthDuration | None:
    """As in "P1Y2M" or "P1DT2H3M4.5S", with a minus in front or in each part; never both kinds in one."""
    if len(text) > _MAX_TEXT or not any(map(str.isdigit, text)) or text.endswith("T"):
        return None
    match = _YEAR_MONTH.fullmatch(text)
    if match is not None:
        return _year_month(-1 if match[1] else 1, int(match[2] or 0), int(match[3] or 0))
    match = _DAY_TIME.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2] or 0) * 86_400 + int(match[3] or 0) * 3_600 + int(match[4] or 0) * 60
    part = int(match[6] or 0) * NANOS + int((match[7] or "").ljust(9, "0"))
    nanos = seconds * NANOS + (-part if match[5] else part)
    return DayTimeDuration.of_nanos(-nanos if match[1] else nanos)


def _year_month(sign: int, years: int, months: int) -> YearMonthDuration | None:
    if abs(years) >= 2**31 or abs(months) >= 2**31:  # the reference keeps each part in 32 bits
        return None
    return YearMonthDuration.of_months(sign * (years * 12 + months))


def read_temporal(text: str) -> Temporal | None:
    """The value of an @"…" literal."""
    if text.lstrip("-").startswith("P"):
        return read_duration(text)
    if "T" in text and not text.startswith("T") and "-" in text.partition("T")[0].lstrip("-"):
        return read_moment(text)
    return read_date(text) or read_time(text)
