import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("value", "properties"),
    [
        ('@"2024-02-29"', {"year": 2024, "month": 2, "day": 29, "weekday": 4, "hour": None}),
        ('@"10:15:30"', {"hour": 10, "minute": 15, "second": 30, "time offset": None, "timezone": None, "day": None}),
        ('@"10:15:30+02:00"', {"time offset": "PT2H", "timezone": None}),
        ('@"10:15:30@Europe/Paris"', {"time offset": "PT1H", "timezone": "Europe/Paris"}),
        ('@"2024-07-01T10:15:30@Europe/Paris"',
         {"year": 2024, "month": 7, "day": 1, "weekday": 1, "hour": 10, "minute": 15, "second": 30,
          "time offset": "PT2H", "timezone": "Europe/Paris"}),
        ('@"P1DT2H3M4S"', {"days": 1, "hours": 2, "minutes": 3, "seconds": 4, "years": None}),
        ('@"-P1Y2M"', {"years": -1, "months": -2, "days": None}),
    ],
)  # fmt: skip
def test_temporal_values_have_properties(value: str, properties: dict[str, Json]) -> None:
    """Each kind its own; others are null."""
    asked = ", ".join(f'"{name}": x.{name}' for name in properties)

    assert properties == value_of(f"{{x: {value}, r: {{{asked}}}}}.r")
