import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("if true then 1 else 2", 1),
        ("if null then 1 else 2", 2),
        ('if "true" then 1 else 2', 2),
        ("for i in [1, 2] return i * 2", [2, 4]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 0.5..2 return i", [0.5, 1.5]),
        ("for i in 1..2, j in [3, 4] return [i, j]", [[1, 3], [1, 4], [2, 3], [2, 4]]),
        ("for i in [[1], [2]], j in i return j", None),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24]),
        ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
        ("for i in null return i", None),
        ('for i in "a".."c" return i', None),
        ("for i in [] return i", []),
        ("some i in [1, null] satisfies i > 0", True),
        ("some i in [0, null] satisfies i > 0", None),
        ("some i in [] satisfies i", False),
        ("some i in 5 satisfies i", None),
        ("every i in [1, null] satisfies i > 1", False),
        ("every i in [1, null] satisfies i > 0", None),
        ("every i in [] satisfies i", True),
        ("every i in 1..2, j in 3..4 satisfies i < j", True),
    ],
)
def test_choices_and_loops(expression: str, value: Json) -> None:
    """What is not true is the alternative; what is no list cannot be looped over."""
    assert value == value_of(expression)
