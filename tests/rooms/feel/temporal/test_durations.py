import pytest

from worker.feel.temporal import read_duration


@pytest.mark.parametrize(
    ("text", "iso", "written"),
    [
        ("P1D", "PT24H", "P1D"),
        ("P1DT2H3M4.5S", "PT26H3M4.5S", "P1DT2H3M4.5S"),
        ("-PT2M30S", "PT-2M-30S", "-PT2M30S"),
        ("-PT0.5S", "PT-0.5S", "-PT0.5S"),
        ("PT0S", "PT0S", "P0D"),
        ("PT1000M", "PT16H40M", "PT16H40M"),
        ("PT0.000000001S", "PT0.000000001S", "PT0.000000001S"),
        ("P14M", "P1Y2M", "P1Y2M"),
        ("-P3Y1M", "P-3Y-1M", "-P3Y1M"),
        ("P0Y", "P0D", "P0Y"),
    ],
)
def test_durations_have_two_texts(text: str, iso: str, written: str) -> None:
    """The one that lands in a process variable, and the one of string()."""
    duration = read_duration(text)

    assert duration is not None
    assert (iso, written) == (duration.iso(), duration.text())


def test_parts_carry_the_sign() -> None:
    """Every part of a negative duration is negative."""
    days, months = read_duration("-P1DT2H3M4.9S"), read_duration("-P1Y2M")

    assert days is not None
    assert months is not None
    assert ((-1, -2, -3, -4), (-1, -2)) == (days.parts, months.parts)
