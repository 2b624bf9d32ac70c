"""Dates with a time of day: plain, with an offset, or in a named zone."""

from __future__ import annotations

from dataclasses import dataclass

from worker.feel.temporal.dates import Date
from worker.feel.temporal.durations import NANOS
from worker.feel.temporal.times import NANOS_PER_DAY, Time, write_clock
from worker.feel.temporal.zones import offset_at_instant, offset_at_local, standard_offset, write_offset


@dataclass(frozen=True, slots=True)
class DateTime:
    """
    A date and time; equal only if wall clock, offset and zone are the same.

    *nanos* counts from midnight. *offset_s* is None for a plain wall clock; *zone*, if set, is where it comes from.
    """

    date: Date
    nanos: int
    offset_s: int | None = None
    zone: str | None = None

    @staticmethod
    def in_zone(date: Date, nanos: int, zone: str) -> DateTime | None:
        """
        What a clock in the known *zone* shows; a time that a jump forward leaves out moves by the length of the jump.

        2024-03-31T02:30 in Berlin is 03:30+02:00. None beyond the calendar.
        """
        offset_s = offset_at_local(zone, date.epoch_day, nanos // NANOS)
        return DateTime.of_instant(date.epoch_day * NANOS_PER_DAY + nanos - offset_s * NANOS, offset_s, zone)

    @staticmethod
    def of_instant(instant: int, offset_s: int, zone: str | None) -> DateTime | None:
        """
        The wall clock at *instant*, in nanoseconds since 1970-01-01T00:00Z; None beyond the calendar.

        A *zone* decides the offset, and *offset_s* is used without one only.
        """
        if zone is not None:
            offset_s = offset_at_instant(zone, instant // NANOS)
        day, nanos = divmod(instant + offset_s * NANOS, NANOS_PER_DAY)
        date = Date.of_epoch_day(day)
        return None if date is None else DateTime(date, nanos, offset_s, zone)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 UTC; a plain wall clock is taken as UTC."""
        return self.date.epoch_day * NANOS_PER_DAY + self.nanos - (self.offset_s or 0) * NANOS

    @property
    def time(self) -> Time:
        """The time of day with the same offset or zone."""
        return Time(self.nanos, standard_offset(self.zone) if self.zone else self.offset_s, self.zone)

    def plus_nanos(self, nanos: int) -> DateTime | None:
        """The moment *nanos* later in real time, or None beyond the calendar."""
        if self.offset_s is not None:
            return DateTime.of_instant(self.instant + nanos, self.offset_s, self.zone)
        moved = DateTime.of_instant(self.instant + nanos, 0, None)
        return None if moved is None else DateTime(moved.date, moved.nanos)

    def plus_months(self, months: int) -> DateTime | None:
        """The same wall clock *months* later, or None beyond the calendar."""
        date = self.date.plus_months(months)
        if date is None:
            return None
        return self.at_zone(date) if self.zone else DateTime(date, self.nanos, self.offset_s)

    def at_zone(self, date: Date) -> DateTime | None:
        """The same wall clock and zone on another date."""
        return DateTime(date, self.nanos) if self.zone is None else DateTime.in_zone(date, self.nanos, self.zone)

    def iso(self) -> str:
        """As a process variable: "2024-03-31T03:30:00+02:00"."""
        offset = "" if self.offset_s is None else write_offset(self.offset_s)
        return f"{self.date.iso()}T{write_clock(self.nanos)}{offset}"

    def json_text(self) -> str:
        """As to json() has it: with the zone in brackets."""
        return f"{self.iso()}[{self.zone}]" if self.zone else self.iso()

    def text(self) -> str:
        """As string() has it: the zone's name instead of its offset."""
        return f"{self.date.iso()}T{write_clock(self.nanos)}@{self.zone}" if self.zone else self.iso()
