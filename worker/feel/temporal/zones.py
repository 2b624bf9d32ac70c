"""Time zones: offsets by name, with gaps and overlaps settled the way Java does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECONDS_PER_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_LOCAL = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock without zone is what is meant
_FIRST_DAY = -719_162  # 0001-01-01
_LAST_DAY = 2_932_530  # 9998-12-31: a day of margin, so that adding an offset cannot overflow
_CYCLE_DAYS = 146_097  # the calendar repeats every 400 years
_STANDARD_AT = datetime(2024, 1, 15)  # noqa: DTZ001 - any winter or summer day: daylight saving is taken off
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_SIXTY = 60
MAX_OFFSET_S = 18 * 3600


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; malformed; a directory such as "Europe"
        return None


def read_offset(text: str) -> int | None:
    """Seconds east of Greenwich of "Z", "+02:00" or "UTC-03:30"; None if *text* is no such offset."""
    if text in {"Z", "UTC", "GMT", "UT"}:
        return 0
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4] or 0)
    total = hours * 3600 + minutes * 60 + seconds
    if minutes >= _SIXTY or seconds >= _SIXTY or total > MAX_OFFSET_S:
        return None
    return -total if match[1] == "-" else total


def write_offset(offset_s: int) -> str:
    """The ISO text of an offset: "Z", "+02:00", "-02:45:55"."""
    if offset_s == 0:
        return "Z"
    sign, rest = ("-", -offset_s) if offset_s < 0 else ("+", offset_s)
    text = f"{sign}{rest // 3600:02}:{rest // 60 % 60:02}"
    return text if rest % 60 == 0 else f"{text}:{rest % 60:02}"


def is_zone(name: str) -> bool:
    """Whether the zone data base knows *name*."""
    return _zone(name) is not None


def _within_years(day: int) -> int:
    """A day that python's calendar can hold and that has the same place in the year."""
    if day < _FIRST_DAY:
        return _FIRST_DAY
    if day > _LAST_DAY:
        return _LAST_DAY - _CYCLE_DAYS + (day - _LAST_DAY) % _CYCLE_DAYS
    return day


def offset_at_local(name: str, day: int, second: int) -> int:
    """
    Seconds east of Greenwich for a wall clock that shows *second* of the epoch day *day*.

    In a gap the offset before it, in an overlap the earlier one. *name* must be a known zone.
    """
    moment = _EPOCH_LOCAL + timedelta(days=_within_years(day), seconds=second)
    return _seconds(moment.replace(tzinfo=_zone(name)).utcoffset())


def offset_at_instant(name: str, epoch_s: int) -> int:
    """Seconds east of Greenwich at an instant. *name* must be a known zone."""
    day, second = divmod(epoch_s, SECONDS_PER_DAY)
    moment = _EPOCH + timedelta(days=_within_years(day), seconds=second)
    return _seconds(moment.astimezone(_zone(name)).utcoffset())


def standard_offset(name: str) -> int:
    """The offset without daylight saving: what a time of day in that zone has. *name* must be a known zone."""
    moment = _STANDARD_AT.replace(tzinfo=_zone(name))
    return _seconds(moment.utcoffset()) - _seconds(moment.dst())


def _seconds(delta: timedelta | None) -> int:
    return 0 if delta is None else int(delta.total_seconds())
