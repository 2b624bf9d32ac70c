"""Calendar days from the year -999,999,999 to 999,999,999; python's own date ends at 9999."""

from __future__ import annotations

from dataclasses import dataclass

MAX_YEAR = 999_999_999
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS = range(1, 13)
_FEBRUARY = 2
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap_year(year: int) -> bool:
    """Whether *year* of the Gregorian calendar, extended to both sides, has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """28 to 31; *month* counts from 1."""
    return 29 if month == _FEBRUARY and is_leap_year(year) else _MONTH_DAYS[month - 1]


def _epoch_day(year: int, month: int, day: int) -> int:
    # Years are counted from March, so that the leap day is the last of its year.
    year -= month <= _FEBRUARY
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def _civil(epoch_day: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(epoch_day + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = (month_from_march + 2) % 12 + 1
    return year_of_era + era * 400 + (month <= _FEBRUARY), month, day


_FIRST_EPOCH_DAY = _epoch_day(-MAX_YEAR, 1, 1)
_LAST_EPOCH_DAY = _epoch_day(MAX_YEAR, 12, 31)


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A calendar day. *epoch_day* 0 is 1970-01-01."""

    epoch_day: int

    @staticmethod
    def of(year: int, month: int, day: int) -> Date | None:
        """The date, or None if there is no such day."""
        if not (-MAX_YEAR <= year <= MAX_YEAR and month in _MONTHS and 1 <= day <= days_in_month(year, month)):
            return None
        return Date(_epoch_day(year, month, day))

    @staticmethod
    def of_epoch_day(epoch_day: int) -> Date | None:
        """The date, or None if it is outside the calendar."""
        return Date(epoch_day) if _FIRST_EPOCH_DAY <= epoch_day <= _LAST_EPOCH_DAY else None

    @property
    def civil(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return _civil(self.epoch_day)

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.epoch_day + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        """1 to 366."""
        return self.epoch_day - _epoch_day(self.civil[0], 1, 1) + 1

    @property
    def week_of_year(self) -> int:
        """The ISO week, 1 to 53: a week belongs to the year that has its Thursday."""
        return (Date(self.epoch_day + 4 - self.weekday).day_of_year - 1) // 7 + 1

    def plus_days(self, days: int) -> Date | None:
        """The date *days* later, or None beyond the calendar."""
        return Date.of_epoch_day(self.epoch_day + days)

    def plus_months(self, months: int) -> Date | None:
        """The same day *months* later, or the last day of that month if it is shorter; None beyond the calendar."""
        year, month, day = self.civil
        year_shift, month_from_0 = divmod(month - 1 + months, 12)
        year += year_shift
        return Date.of(year, month_from_0 + 1, min(day, days_in_month(year, month_from_0 + 1)))

    def months_until(self, end: Date) -> int:
        """Whole months from here to *end*, negative if *end* is earlier."""
        (year, month, day), (end_year, end_month, end_day) = self.civil, end.civil
        months = (end_year - year) * 12 + end_month - month
        if months > 0 and end_day < day:
            return months - 1
        return months + 1 if months < 0 and end_day > day else months

    def iso(self) -> str:
        """As in "2024-02-29"; years before 0 carry a minus."""
        year, month, day = self.civil
        return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"
