import pytest

from tests.rooms.feel.asked import value_of
from worker.feel import FeelEvaluationError
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", -2)', "ar"),
        ('substring("foobar", 3, 2)', "ob"),
        ('substring("foobar", 3, 99)', "obar"),
        ('substring("abc", 4)', ""),
        ('substring("", 1)', ""),
        ('string length("🐎😀")', 4),
        ('upper case("aß")', "ASS"),
        ('lower case("ÄB")', "äb"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring before("foobar", "x")', ""),
        ('substring before("foobar", "")', ""),
        ('substring after("foobar", "o")', "obar"),
        ('substring after("foobar", "x")', ""),
        ('substring after("foobar", "")', "foobar"),
        ('contains("foobar", "ob")', True),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "fo")', False),
        ('trim(" \\t a  b \\n")', "a  b"),
        ('is blank(" \\t")', True),
        ('to base64("FEEL")', "RkVFTA=="),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('string join(["a", "b"], ", ", "[", "]")', "[a, b]"),
        ('string join(["a", 1])', None),
        ('string join([], "x")', ""),
        ("upper case(1)", None),
    ],
)
def test_string_functions(expression: str, value: Json) -> None:
    """Positions count from 1, or from the end."""
    assert value == value_of(expression)


@pytest.mark.parametrize("expression", ['substring("", 2)', 'substring("a", -2)', 'substring("abc", 2, -1)'])
def test_positions_outside_are_errors(expression: str) -> None:
    """As they are for the reference."""
    with pytest.raises(FeelEvaluationError, match="outside"):
        value_of(expression)
