import pytest

from tests.rooms.feel.asked import value_of
from worker.feel import FeelEvaluationError
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{count: 5, x: count([1])}.x", 1),
        ("{count: function(x) 7, x: count([1])}.x", 7),
        ("{c: {f: function(x) x + 1}, x: c.f(2)}.x", 3),
        ("{c: {f: function(x) x + 1}, x: c.f(x: 2)}.x", 3),
        ("{c: {}, x: c.f(2)}.x", None),
        ('contains(match: "b", string: "abc")', True),
        ('contains(match: "b", text: "abc")', None),
        ('contains("abc")', None),
        ("nope(1)", None),
        ("abs(number: -1)", 1),
        ("min(1, 2)", 1),
        ("min([1, 2])", 1),
        ("min(list: [1, 2])", 1),
    ],
)
def test_calls(expression: str, value: Json) -> None:
    """By position or by name; what does not fit is null."""
    assert value == value_of(expression)


def test_a_failed_call_is_located() -> None:
    """Line and column of the innermost call."""
    with pytest.raises(FeelEvaluationError, match="line 2, column 8: substring") as caught:
        value_of('string(\n  trim(substring("", 2)))')

    assert (2, 8) == (caught.value.line, caught.value.column)
