from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.rooms.feel.asked import value_of
from worker import feel
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('date("2024-02-29")', "2024-02-29"),
        ("date(2023, 2, 29)", None),
        ('date(@"2024-02-29T10:00:00")', "2024-02-29"),
        ('time("10:15:00")', "10:15:00"),
        ('time(@"2024-02-29T10:00:00Z")', "10:00Z"),
        ("time(10, 15, 30.5)", "10:15:30.5"),
        ('time(10, 15, 0, @"PT2H")', "10:15+02:00"),
        ("time(10, 15, 0, null)", "10:15:00"),
        ('time(10, 15, 0, @"PT20H")', None),
        ('date and time("2024-02-29T10:00:00")', "2024-02-29T10:00:00"),
        ('date and time(@"2024-02-29", @"10:00:00Z")', "2024-02-29T10:00:00Z"),
        ('date and time(@"2024-03-31", @"02:30:00@Europe/Berlin")', "2024-03-31T03:30:00+02:00"),
        ('date and time(@"2020-07-31T14:27:30@Europe/Berlin", "Z")', "2020-07-31T12:27:30Z"),
        ('date and time(@"2020-07-31T12:27:30Z", "Europe/Berlin")', "2020-07-31T14:27:30+02:00"),
        ('date and time(@"2020-07-31T12:27:30", "Europe/Berlin")', "2020-07-31T12:27:30+02:00"),
        ('date and time(@"2020-07-31T12:27:30", "Mars")', None),
        ('duration("P1DT2H")', "PT26H"),
        ('duration("nope")', None),
        ('years and months duration(@"2011-12-22", @"2013-08-24")', "P1Y8M"),
        ('day of week(@"2024-11-13")', "Wednesday"),
        ('day of year(@"2024-12-31T10:00:00")', 366),
        ('week of year(@"2005-01-01")', 53),
        ('month of year(@"2024-09-17")', "September"),
        ('last day of month(@"2024-02-01T10:00:00")', "2024-02-29"),
        ('day of week(@"10:00:00")', None),
    ],
)
def test_temporal_functions(expression: str, value: Json) -> None:
    """What does not exist is null."""
    assert value == value_of(expression)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (ZoneInfo("Europe/Berlin"), "2024-05-17T10:00:00.5@Europe/Berlin"),
        (timezone(timedelta(hours=2)), "2024-05-17T10:00:00.5+02:00"),
    ],
)
def test_now_has_the_clock_s_zone(zone: ZoneInfo | timezone, text: str) -> None:
    """By name, if it has one."""
    now = datetime(2024, 5, 17, 10, 0, 0, 500_000, tzinfo=zone)

    assert text == feel.compile("string(now())").evaluate({}, clock=lambda: now).value
