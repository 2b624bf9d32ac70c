import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 in [1..2)", False),
        ("2 in (1..2]", True),
        ("2 in ]1..3[", True),
        ("2 in (1, 2)", True),
        ("2 in (1, > 1)", True),
        ("2 in [1, 2]", True),
        ("[1, 2] in [1, 2]", True),
        ("[1, 2] in [[1, 2], 3]", True),
        ("2 in [[1..3]]", False),
        ("2 in (? > 1)", True),
        ("2 in (odd(?), ? = 3)", False),
        ("2 in 2", True),
        ('2 in "2"', None),
        ("null in [1..2]", None),
        ("2 in [1..null]", None),
        ("null in null", True),
        ('"b" in ["a".."c"]', True),
        ("2 between 1 and 3", True),
        ("2 between null and 1", False),
        ("2 between null and 3", None),
        ("(< 10) = (< 10)", True),
        ("1 instance of number", True),
        ("1 instance of string", False),
        ("1 instance of Any", True),
        ("null instance of Any", False),
        ("1 instance of unheard", False),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1D" instance of day time duration', True),
        ("function() 1 instance of number", None),
        ("(function() 1) instance of function", True),
    ],
)
def test_belonging(expression: str, value: Json) -> None:
    """Ranges, lists, tests and types."""
    assert value == value_of(expression)
