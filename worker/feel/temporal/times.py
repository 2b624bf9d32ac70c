"""Times of day: plain, with an offset, or in a named zone."""

from __future__ import annotations

from dataclasses import dataclass

from worker.feel.temporal.durations import NANOS, write_fraction
from worker.feel.temporal.zones import SECONDS_PER_DAY, write_offset

_HOURS = range(24)
_SIXTY = range(60)
NANOS_PER_DAY = SECONDS_PER_DAY * NANOS


def write_clock(nanos: int) -> str:
    """As in "10:15:30.5", for a nanosecond of the day."""
    seconds, fraction = divmod(nanos, NANOS)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{write_fraction(fraction)}"


@dataclass(frozen=True, slots=True)
class Time:
    """
    A time of day; equal only if wall clock, offset and zone are the same.

    *nanos* counts from midnight. *offset_s* is None for a plain wall clock. *zone* is set only together with its
    standard offset: without a date there is no daylight saving.
    """

    nanos: int
    offset_s: int | None = None
    zone: str | None = None

    @staticmethod
    def of(hour: int, minute: int, second: int, *, offset_s: int | None = None, fraction: int = 0) -> Time | None:
        """The time, or None if there is no such time; *fraction* is in nanoseconds."""
        if not (hour in _HOURS and minute in _SIXTY and second in _SIXTY):
            return None
        return Time(((hour * 60 + minute) * 60 + second) * NANOS + fraction, offset_s)

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and whole second."""
        seconds = self.nanos // NANOS
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    @property
    def order_key(self) -> int:
        """Orders times of the same kind: by instant if they have an offset."""
        return self.nanos - (self.offset_s or 0) * NANOS

    def plus_nanos(self, nanos: int) -> Time:
        """The time *nanos* later, around midnight if need be."""
        return Time((self.nanos + nanos) % NANOS_PER_DAY, self.offset_s, self.zone)

    def iso(self) -> str:
        """As a process variable. With an offset it is as short as Java has it: "10:15Z", "21:28:58.750Z"."""
        if self.offset_s is None:
            return write_clock(self.nanos)
        seconds, fraction = divmod(self.nanos, NANOS)
        text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
        if seconds % 60 or fraction:
            text += f":{seconds % 60:02}"
        if fraction:
            digits = f"{fraction:09}"
            text += "." + (
                digits[:3] if digits.endswith("000000") else digits[:6] if digits.endswith("000") else digits
            )
        return text + write_offset(self.offset_s)

    def json_text(self) -> str:
        """As to json() has it: always with seconds and offset."""
        return write_clock(self.nanos) + ("" if self.offset_s is None else write_offset(self.offset_s))

    def text(self) -> str:
        """As string() has it: the zone's name instead of its offset."""
        return f"{write_clock(self.nanos)}@{self.zone}" if self.zone else self.json_text()
