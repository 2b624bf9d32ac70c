import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("list contains([1, null], null)", True),
        ("list contains([1, 2], 2.0)", True),
        ("count([1, null])", 2),
        ("count(null)", None),
        ("is empty([])", True),
        ("all([true, null, false])", False),
        ("all(true, null)", None),
        ("and([])", True),
        ("any([false, null, true])", True),
        ("or(false, null)", None),
        ("any([])", False),
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ("sublist([1, 2, 3], 0)", None),
        ("sublist([1, 2, 3], 9)", []),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("append([1], [2, 3])", [1, [2, 3]]),
        ("append(null, 1)", None),
        ("concatenate([1], [2, 3], 4)", [1, 2, 3, 4]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("insert before([1, 3], -1, 2)", [1, 2, 3]),
        ("insert before([], 5, 1)", [1]),
        ("insert before([1], 0, 1)", None),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("remove([1], 5)", [1]),
        ("remove([1], 0)", None),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1.0, null], 1)", [1, 3]),
        ("union([1, 2], [2.0, 3], [null])", [1, 2, 3, None]),
        ("distinct values([{a: 1}, {a: 1.0}, [1], null, null])", [{"a": 1}, [1], None]),
        ("duplicate values([1, null, 2, null, 2, 2])", [None, 2]),
        ("flatten([1, [2, [3, []]]])", [1, 2, 3]),
        ("sort([3, 1, 2], function(a, b) a < b)", [1, 2, 3]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sort([3, null, 2], function(a, b) a < b)", None),
        ("sort([3, 1], function(a) a)", None),
        ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("partition([1], 0)", None),
    ],
)
def test_list_functions(expression: str, value: Json) -> None:
    """Positions count from 1 or from -1 at the end, and nothing is changed in place."""
    assert value == value_of(expression)
