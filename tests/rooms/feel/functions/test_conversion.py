import pytest

from tests.rooms.feel.asked import value_of
from worker.feel import FeelEvaluationError
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('number("1500.5")', 1500.5),
        ('number("1.500", ".")', 1500),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("1,5", null, ",")', 1.5),
        ('number("1.5", ".", ".")', None),
        ('number("1;5", ";", ".")', None),
        ("number(5)", None),
        ('from json("{\\"a\\": [1, 0.1, null, \\"x\\"]}")', {"a": [1, 0.1, None, "x"]}),
        ('from json("nope")', None),
        ('from json("NaN")', None),
        ("string(0.1 + 0.2)", "0.3"),
        ("not(true)", False),
        ('not("x")', None),
        ("is defined(x.y.z)", False),
        ("is defined(0)", True),
        ("get or else(null, 1)", 1),
        ("get or else(false, 1)", False),
        ("assert(1, true)", 1),
    ],
)
def test_conversions(expression: str, value: Json) -> None:
    """Texts, numbers, JSON and null."""
    assert value == value_of(expression)


@pytest.mark.parametrize("expression", ['assert(x, x != null, "x is needed")', 'assert(x, null, "x is needed")'])
def test_a_failed_assertion_says_its_cause(expression: str) -> None:
    """It is an evaluation error."""
    with pytest.raises(FeelEvaluationError, match="x is needed"):
        value_of(expression)
