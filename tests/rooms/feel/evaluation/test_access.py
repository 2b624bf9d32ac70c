import pytest

from tests.rooms.feel.asked import value_of
from worker.feel import FeelEvaluationError
from worker.feel.values import Json

CONTEXT = {
    "l": [10, 20, 30],
    "cs": [{"a": 1, "item": "x"}, {"a": 2}, {"b": 3}],
    "c": {"x-y": 1, "n": None},
    "z": None,
    "a": 2,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("l[1]", 10),
        ("l[-1]", 30),
        ("l[0]", None),
        ("l[4]", None),
        ("l[-4]", None),
        ("l[1.9]", 10),
        ("l[count(l)]", 30),
        ("l[item > 15]", [20, 30]),
        ("l[item > 15][1]", 20),
        ("l[true]", [10, 20, 30]),
        ("l[false]", []),
        ("l[null]", []),
        ('l["x"]', []),
        ("l[z]", []),
        ("[][1]", None),
        ("[][item > 1]", []),
        ("cs[a > 1]", [{"a": 2}, {"b": 3}]),  # the last one has no `a`, so that of the context is meant
        ("cs[b > 1]", [{"b": 3}]),
        ("cs[item.b = 3]", [{"b": 3}]),
        ('cs[item = "x"].a', [1]),
        ("cs[is defined(b)].b", [3]),
        ("cs.a", [1, 2, None]),
        ("[[{a: 1}], {a: 2}].a", [[1], 2]),
        ("c.`x-y`", 1),
        ("c.x-y", None),
        ("c.n", None),
        ("c.n.m.o", None),
        ("z.a", None),
        ("a.b", None),
        ("5[1]", None),
        ('"abc"[1]', None),
        ('c["n"]', None),
        ("nope", None),
    ],
)
def test_reaching_into_values(expression: str, value: Json) -> None:
    """Whatever is not there is null, never an error."""
    assert value == value_of(expression, CONTEXT)


def test_the_input_stands_behind_in_only() -> None:
    """Elsewhere there is none."""
    with pytest.raises(FeelEvaluationError, match="behind 'in'"):
        value_of("? > 1")
