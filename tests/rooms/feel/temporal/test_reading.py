import pytest

from worker.feel.temporal import (
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    read_date,
    read_duration,
    read_moment,
    read_temporal,
    read_time,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-02-29", Date),
        ("-2024-02-29", Date),
        ("99999-12-31", Date),
        ("10:15:30", Time),
        ("T10:15:30Z", Time),
        ("2024-02-29T10:15:30", DateTime),
        ("2024-02-29T10:15:30@Europe/Berlin", DateTime),
        ("P1D", DayTimeDuration),
        ("-P1Y", YearMonthDuration),
    ],
)
def test_a_literal_finds_its_kind(text: str, kind: type) -> None:
    """By its form alone."""
    assert isinstance(read_temporal(text), kind)


@pytest.mark.parametrize(
    "text", ["998-12-31", "2024-2-01", "2024-02-30", "+2024-01-01", "01234-01-01", "2024-02-29 ", ""]
)
def test_what_is_no_date(text: str) -> None:
    """Four digits or more, and a day that exists."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["24:00:00", "23:60:00", "23:59:60", "7:00:00", "07:1:00", "13:20:00+5:00", "13:20:00+02:00@Europe/Paris", "",
     "13:20:00@Mars", "10:15:30+01:00[Europe/Berlin]"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    """Two digits each, one offset or one zone."""
    assert read_time(text) is None


@pytest.mark.parametrize(
    "text",
    ["2024-13-01T00:00:00", "2024-01-01T24:01:00", "2024-01-01T", "2024-01-01T10:00:00+05:0",
     "2024-01-01T10:00:00+01:00@Europe/Paris", "2024-01-01T10:00:00@Mars", "2024-01-01T10:00:00Z[Mars]"],
)  # fmt: skip
def test_what_is_no_date_and_time(text: str) -> None:
    """A date and a time that both exist."""
    assert read_moment(text) is None


@pytest.mark.parametrize(
    "text",
    ["P", "PT", "P1DT", "P1S", "PT1D", "P1Y1D", "1D", "P1.5D", "PT1.S2", "P99999999999Y", "PT9" + "9" * 18 + "H"],
)
def test_what_is_no_duration(text: str) -> None:
    """Parts in order, of one kind, and not too long."""
    assert read_duration(text) is None
