import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("before(1, 10)", True),
        ("before([1..10), 10)", True),
        ("before(1, (1..10])", True),
        ("before([1..10], [10..20])", False),
        ("after([11..20], 10)", True),
        ("after(12, [1..10])", True),
        ("meets([1..5], [5..10])", True),
        ("meets([1..5), [5..10])", False),
        ("met by([5..10], [1..5])", True),
        ("overlaps([1..5], [5..8])", True),
        ("overlaps([1..5], (5..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps before([1..5), [1..5])", False),
        ("overlaps after((1..5], [1..5))", True),
        ("finishes(10, [1..10])", True),
        ("finishes([5..10), [1..10])", False),
        ("finished by([1..10], [5..10])", True),
        ("includes([1..10], 5)", True),
        ("includes([1..10], (1..10))", True),
        ("during([5..10), [1..10))", True),
        ("starts(1, (1..10])", False),
        ("starts([1..5], [1..10])", True),
        ("started by([1..10], [1..5])", True),
        ("coincides([1..5], [1..5])", True),
        ("coincides([1..5], [1..5))", False),
        ("coincides(5, 5.0)", True),
        ('before(@"2024-01-01", @"2024-01-02")', True),
        ('before(1, "a")', None),
        ("before(null, 1)", None),
        ("before(point1: 1, point2: 2)", True),
        ("before(range: [1..2], point: 3)", True),
    ],
)
def test_relations(expression: str, value: Json) -> None:
    """An end that does not belong to a range leaves room for one point."""
    assert value == value_of(expression)
