import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("min(3, 1, 2)", 1),
        ('max(["a", "c", "b"])', "c"),
        ('min([@"P1D", @"PT1H"])', "PT1H"),
        ("min([1, null])", None),
        ("max([true, false])", None),
        ("max([])", None),
        ("sum([0.1, 0.2])", 0.3),
        ("sum([1, null])", None),
        ("sum([])", None),
        ("product(2, 3, 4)", 24),
        ("mean([1, 2, 3, 5])", 2.75),
        ("median([6, 1, 2, 3])", 2.5),
        ("median(8, 2, 5)", 5),
        ("stddev(2, 4, 7, 5)", 2.0816659994661326),
        ("stddev([1])", None),
        ("mode([3, 6, 1, 9, 6, 1, 3])", [1, 3, 6]),
        ("mode([])", []),
        ("sum(x)", 1.5),
    ],
)
def test_statistics(expression: str, value: Json) -> None:
    """Of lists or of several arguments; one item of another type makes it null."""
    assert value == value_of(expression, {"x": [0.5, 1]})
