import pytest

from tests.rooms.feel.asked import result_of


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("null", "null"), ("true", "boolean"), ("1", "number"), ("0.5", "number"), ('"a"', "string"), ("[]", "list"),
        ("{}", "context"), ("x", "context"), ("y", "number"), ('@"2024-01-01"', "date"), ('@"10:00:00"', "time"),
        ('@"2024-01-01T00:00:00"', "date and time"), ('@"P1D"', "days and time duration"),
        ('@"P1Y"', "years and months duration"), ("function() 1", "function"),
    ],
)  # fmt: skip
def test_every_value_has_a_type(expression: str, kind: str) -> None:
    """Data of the input as well."""
    assert kind == result_of(expression, {"x": {}, "y": 0.5}).kind
