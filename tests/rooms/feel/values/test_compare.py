import pytest

from tests.rooms.feel.asked import value_of
from worker.feel import FeelBudgetExceeded
from worker.feel.meter import Meter
from worker.feel.values import Json, Value, equal, frozen


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 = 1.0", True),
        ("0.1 + 0.2 = 0.3", True),
        ("null = null", True),
        ("1 = null", False),
        ('1 = "1"', None),
        ('1 != "1"', None),
        ("true = 1", None),
        ("[1, [2]] = [1.0, [2]]", True),
        ("[1] = [true]", False),
        ("[1] != [true]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {a: 1, b: null}", False),
        ("{} = []", None),
        ('@"2024-01-01" = @"2024-01-01T00:00:00"', None),
        ('@"10:00:00" = @"10:00:00Z"', None),
        ('@"10:00:00Z" = @"10:00:00+00:00"', True),
        ('@"2024-01-01T12:00:00+01:00" = @"2024-01-01T11:00:00Z"', False),
        ('@"P1D" = @"PT24H"', True),
        ('@"P1Y" = @"P12M"', True),
        ('@"P0D" = @"P0Y"', None),
    ],
)
def test_equality(expression: str, answer: Json) -> None:
    """Values of different types are neither equal nor unequal."""
    assert value_of(expression) is answer


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 < 2.5", True),
        ('"a" < "b"', True),
        ('"abc" < "ÄÖ"', True),
        ("true < false", None),
        ('1 < "2"', None),
        ("1 < null", None),
        ("[1] < [2]", None),
        ('@"2024-01-01" < @"2024-01-02"', True),
        ('@"2024-01-01T12:00:00+01:00" <= @"2024-01-01T11:00:00Z"', True),
        ('@"2024-01-01T12:00:00" < @"2024-01-01T12:00:01Z"', None),
        ('@"11:00:00+01:00" < @"10:30:00Z"', True),
        ('@"P1D" < @"P1Y"', None),
        ('@"P11M" < @"P1Y"', True),
    ],
)
def test_order(expression: str, answer: Json) -> None:
    """Only values of one type have an order, and not those of every type."""
    assert value_of(expression) is answer


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        ([1, {"a": 2}], [1.0, {"a": 2.0}]),
        (None, None),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (True, True),
        (1, True),
        ("1", 1),
    ],
)
def test_stand_ins_are_equal_exactly_if_values_are(left: Value, right: Value) -> None:
    """So that distinct values() needs one pass."""
    meter = Meter(100)

    assert (equal(left, right, meter) is True) == (frozen(left, meter) == frozen(right, meter))


def test_depth_is_limited() -> None:
    """Data of the caller may be deep; comparing it ends in good order."""
    deep: Value = 1
    for _ in range(300):
        deep = [deep]

    with pytest.raises(FeelBudgetExceeded, match="nested"):
        equal(deep, [deep], Meter(10_000))
