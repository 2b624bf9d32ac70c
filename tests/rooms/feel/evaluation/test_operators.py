import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true and null", None),
        ("false and null", False),
        ('null and "x"', None),
        ('false and "x"', False),
        ("true or null", True),
        ("null or false", None),
        ('"x" or true', True),
        ("true and true and true", True),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("2 ** 3 ** 2", 64),
        ("1 - null", None),
        ("-(-(3))", 3),
        ("1 <= 1", True),
        ("1 != 1", False),
        ("null < 1", None),
    ],
)
def test_operators(expression: str, value: Json) -> None:
    """Logic has three values, and null spreads through arithmetic."""
    assert value == value_of(expression)
