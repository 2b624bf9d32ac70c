import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("02", 2),
        ("02.40", 2.4),
        (".5", 0.5),
        ("9007199254740993", 9007199254740993),
        (r'"a\"b\\c\.d"', 'a"b\\c\\.d'),
        ("[1, [null], true]", [1, [None], True]),
        ("{a: 1, b: a + 1, c: {a: 5, d: a}}", {"a": 1, "b": 2, "c": {"a": 5, "d": 5}}),
        ("{a: 1, a: 2}", {"a": 2}),
        ("{f: function(x) x * n, n: 3, r: f(2)}.r", None),
        ("{n: 3, f: function(x) x * n, r: f(2)}.r", 6),
        ("{f: function(a, b) a - b, r: f(b: 1, a: 5)}.r", 4),
        ("function(x) x", None),
        ('@"nonsense"', None),
    ],
)
def test_literals(expression: str, value: Json) -> None:
    """Entries see those before them, functions what was around them."""
    assert value == value_of(expression)
