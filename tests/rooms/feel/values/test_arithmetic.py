import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1 + 0.7", 0.8),
        ("100 * 1.1", 110),
        ("10 / 4", 2.5),
        ("2 / 0", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ('@"2024-02-28" + @"P1D"', "2024-02-29"),
        ('@"P1D" + @"2024-02-28"', "2024-02-29"),
        ('@"2024-01-10" - @"PT1H"', "2024-01-09"),
        ('@"2024-01-10" + @"PT1H"', "2024-01-10"),
        ('@"2024-01-31" + @"P1M"', "2024-02-29"),
        ('@"2024-03-01" - @"2024-02-01"', "PT696H"),
        ('@"23:00:00" + @"PT2H"', "01:00:00"),
        ('@"10:00:00" + @"P1Y"', None),
        ('@"12:00:00+01:00" - @"10:00:00Z"', "PT1H"),
        ('@"10:00:00" - @"10:00:00Z"', None),
        ('@"2024-01-02T00:00:00Z" - @"2024-01-01T23:00:00-01:00"', "PT0S"),
        ('@"2024-01-02T00:00:00" - @"2024-01-01T00:00:00Z"', None),
        ('@"2024-01-02" - @"2024-01-01T00:00:00"', None),
        ('@"PT1H" * 1.5', "PT1H30M"),
        ('2 * @"P1Y"', "P2Y"),
        ('@"P1Y2M" / 4', "P3M"),
        ('@"P1D" / @"PT1H"', 24),
        ('@"P1Y" / @"P6M"', 2),
        ('@"P1D" / @"P1Y"', None),
        ('@"P1D" / 0', None),
        ('@"P1D" + @"P1Y"', None),
        ('-@"P1D"', "PT-24H"),
        ("-null", None),
        ('-"a"', None),
        ('@"999999999-12-31" + @"P1D"', None),
    ],
)
def test_operators_know_their_types(expression: str, value: Json) -> None:
    """Numbers, texts, temporal values and durations; null for everything else."""
    assert value == value_of(expression)
