from decimal import Decimal

import pytest

from worker.feel import FeelBudgetExceeded, FeelEvaluationError
from worker.feel.values import Json, Range, Value, to_json


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal("2.0"), 2),
        (Decimal("2.5"), 2.5),
        (Decimal(9007199254740993), 9007199254740993),
        (10**60, 10**60),
        (Decimal("1E+50"), 1e50),
        (0.1, 0.1),
        (float("nan"), None),
        (Range(1, 2, start_closed=True, end_closed=False), "[1..2)"),
        ({"a": [True, None, "x"]}, {"a": [True, None, "x"]}),
        ("\ud83d\ude00\ud83d", "😀\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_values_become_json(value: Value, json: Json) -> None:
    """Whole numbers are ints, texts can be encoded, the rest is as it was."""
    converted = to_json(value)

    assert json == converted
    assert type(json) is type(converted)


def test_a_number_may_be_too_large() -> None:
    """A double ends at about 10**308."""
    with pytest.raises(FeelEvaluationError, match="too large"):
        to_json(Decimal("1E+400"))


def test_a_list_mentioned_twice_counts_twice() -> None:
    """Forty doublings need forty lists here, and a trillion items in JSON."""
    value: Value = ["x"]
    for _ in range(40):
        value = [value, value]

    with pytest.raises(FeelBudgetExceeded, match="characters in its result"):
        to_json(value)


def test_depth_is_limited() -> None:
    """What JSON libraries cannot write is refused here."""
    value: Value = 1
    for _ in range(300):
        value = [value]

    with pytest.raises(FeelBudgetExceeded, match="nested"):
        to_json(value)
