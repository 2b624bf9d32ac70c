"""The two kinds of durations: days and time, years and months. Neither converts into the other."""

from __future__ import annotations

from dataclasses import dataclass

NANOS = 1_000_000_000
MAX_NANOS = 2**63 * NANOS  # what Java's Duration holds
MAX_MONTHS = 2**31 * 12


def write_fraction(nanos: int) -> str:
    """The decimals of a second without trailing zeros: ".5", or "" for none."""
    return f".{nanos:09}".rstrip("0") if nanos else ""


def _truncated(value: int, divisor: int) -> tuple[int, int]:
    """Quotient and remainder that both carry the sign of *value*."""
    quotient, remainder = divmod(abs(value), divisor)
    return (-quotient, -remainder) if value < 0 else (quotient, remainder)


@dataclass(frozen=True, slots=True, order=True)
class DayTimeDuration:
    """A length of time in nanoseconds."""

    nanos: int

    @staticmethod
    def of_nanos(nanos: int) -> DayTimeDuration | None:
        """The duration, or None if it is too long."""
        return DayTimeDuration(nanos) if abs(nanos) < MAX_NANOS else None

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """Days, hours, minutes and whole seconds, each with the sign of the whole."""
        total_s, _ = _truncated(self.nanos, NANOS)
        minutes, second = _truncated(total_s, 60)
        hours, minute = _truncated(minutes, 60)
        day, hour = _truncated(hours, 24)
        return day, hour, minute, second

    def iso(self) -> str:
        """As a process variable: hours are the largest unit, every part has its own sign ("PT24H", "PT-2M-30S")."""
        seconds, fraction = divmod(abs(self.nanos), NANOS)
        sign = "-" if self.nanos < 0 else ""
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        text = f"{sign}{hours}H" if hours else ""
        text += f"{sign}{minutes}M" if minutes else ""
        if seconds or fraction or not text:
            text += f"{sign}{seconds}{write_fraction(fraction)}S"
        return f"PT{text}"

    def text(self) -> str:
        """As string() has it: days are the largest unit, one sign in front ("P1DT2H", "-PT5M", "P0D")."""
        seconds, fraction = divmod(abs(self.nanos), NANOS)
        days, hours, minutes, seconds = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60
        date = f"{days}D" if days else ""
        time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        time += f"{seconds}{write_fraction(fraction)}S" if seconds or fraction else ""
        if not date and not time:
            return "P0D"
        return ("-P" if self.nanos < 0 else "P") + date + (f"T{time}" if time else "")


@dataclass(frozen=True, slots=True, order=True)
class YearMonthDuration:
    """A number of calendar months."""

    months: int

    @staticmethod
    def of_months(months: int) -> YearMonthDuration | None:
        """The duration, or None if it is too long."""
        return YearMonthDuration(months) if abs(months) < MAX_MONTHS else None

    @property
    def parts(self) -> tuple[int, int]:
        """Years and months, each with the sign of the whole."""
        return _truncated(self.months, 12)

    def iso(self) -> str:
        """As a process variable: every part has its own sign ("P-1Y-2M"); none at all is "P0D"."""
        years, months = self.parts
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"P{text or '0D'}"

    def text(self) -> str:
        """As string() has it: one sign in front ("-P1Y2M"), "P0Y" for none."""
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-P" if self.months < 0 else "P") + (text or "0Y")
