from datetime import date, timedelta

import pytest

from worker.feel.temporal.dates import Date, days_in_month


@pytest.mark.parametrize("year", [1, 1600, 1899, 1900, 1970, 2000, 2023, 2024, 9999])
def test_the_calendar_is_python_s_where_that_has_one(year: int) -> None:
    """Day by day, the numbers of both agree."""
    day = date(year, 1, 1)
    for _ in range(364):
        ours = Date.of(day.year, day.month, day.day)
        assert ours is not None
        assert (day.year, day.month, day.day) == ours.civil
        assert day.isoweekday() == ours.weekday
        assert day.isocalendar().week == ours.week_of_year
        assert day.timetuple().tm_yday == ours.day_of_year
        day += timedelta(days=1)


@pytest.mark.parametrize("civil", [(2023, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 4, 31), (1_000_000_000, 1, 1)])
def test_there_is_no_such_day(civil: tuple[int, int, int]) -> None:
    """Days that the calendar does not have are None."""
    assert Date.of(*civil) is None


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2024, 2, 29), -12, (2023, 2, 28)),
        ((2023, 12, 31), 2, (2024, 2, 29)),
        ((1, 1, 1), -1, (0, 12, 1)),
    ],
)
def test_months_end_where_they_end(start: tuple[int, int, int], months: int, end: tuple[int, int, int]) -> None:
    """A day that the month does not have becomes its last one."""
    day = Date.of(*start)

    assert day is not None
    assert Date.of(*end) == day.plus_months(months)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ((2011, 12, 22), (2013, 8, 24), 20),
        ((2013, 8, 24), (2011, 12, 22), -20),
        ((2024, 1, 31), (2024, 2, 29), 0),
        ((2024, 3, 1), (2024, 2, 2), 0),
    ],
)
def test_only_whole_months_count(start: tuple[int, int, int], end: tuple[int, int, int], months: int) -> None:
    """Towards zero, in both directions."""
    first, last = Date.of(*start), Date.of(*end)

    assert first is not None
    assert last is not None
    assert months == first.months_until(last)


def test_the_calendar_ends() -> None:
    """A step beyond the last year is None, and years before 0 carry a minus."""
    last, first = Date.of(999_999_999, 12, 31), Date.of(-999_999_999, 1, 1)

    assert last is not None
    assert first is not None
    assert last.plus_days(1) is None
    assert first.plus_months(-1) is None
    assert "-999999999-01-01" == first.iso()


def test_leap_years() -> None:
    """Every fourth, but of the hundreds only every fourth."""
    assert [28, 29, 29, 28] == [days_in_month(year, 2) for year in (1900, 2000, 2024, 2023)]
