from decimal import Decimal

import pytest

from worker.feel import FeelEvaluationError
from worker.feel.values import Number, Value, numbers


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (0.1, Decimal("0.1")), (Decimal("1.5"), Decimal("1.5")), (True, None), ("1", None), (None, None)],
)
def test_what_is_a_number(value: Value, number: Number | None) -> None:
    """A float is taken by its shortest text; a boolean is no number."""
    assert number == numbers.as_number(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_not_finite_is_no_number(value: Value) -> None:
    """JSON has none of these."""
    assert numbers.as_number(value) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-12.50", Decimal("-12.50")), ("1e3", 1000), (".5", Decimal("0.5")), ("+7", 7),
     ("1_000", None), (" 1", None), ("NaN", None), ("0x1", None), ("", None), ("1" * 2_000, None), ("1e9999999", None)],
)  # fmt: skip
def test_numbers_are_read(text: str, number: Number | None) -> None:
    """Digits, a point, an exponent; nothing around them."""
    assert number == numbers.read_number(text)


def test_sums_are_exact() -> None:
    """Cents stay cents, and large whole numbers keep every digit."""
    assert Decimal("0.3") == numbers.add(Decimal("0.1"), Decimal("0.2"))
    assert 9007199254740994 == numbers.add(9007199254740993, 1)


def test_numbers_have_34_digits() -> None:
    """What does not fit is rounded half to even."""
    assert Decimal("0." + "3" * 34) == numbers.divide(1, 3)
    assert Decimal("1E+66") == numbers.multiply(10**33, 10**33)
    assert Decimal(10**34) == numbers.add(10**34 - 1, 1)


@pytest.mark.parametrize(
    ("dividend", "divisor", "remainder"),
    [
        (12, 5, 2),
        (-10, 4, 2),
        (10, -4, -2),
        (Decimal("-10.1"), Decimal("4.5"), Decimal("3.4")),
        (Decimal("0.1"), -2, Decimal("-1.9")),
    ],
)
def test_a_remainder_has_the_divisor_s_sign(dividend: Number, divisor: Number, remainder: Number) -> None:
    """As the mathematical modulo."""
    assert remainder == numbers.modulo(dividend, divisor)


@pytest.mark.parametrize(
    ("base", "exponent", "power"),
    [
        (2, 10, 1024),
        (2, -3, Decimal("0.125")),
        (0, 0, 1),
        (Decimal("0.1"), 7, Decimal("1E-7")),
        (10, 40, Decimal("1E+40")),
    ],
)
def test_powers(base: Number, exponent: Number, power: Number) -> None:
    """Whole exponents are exact."""
    assert power == numbers.power(base, exponent)


def test_a_root_is_as_good_as_a_double() -> None:
    """Fractions as exponents go through one."""
    assert Decimal("1.4142135623730951") == numbers.power(2, Decimal("0.5"))


@pytest.mark.parametrize(("base", "exponent"), [(0, -1), (-8, Decimal("0.5")), (10, 10_000)])
def test_what_has_no_value_is_an_error(base: Number, exponent: Number) -> None:
    """Infinity and imaginary numbers are none of ours."""
    with pytest.raises(FeelEvaluationError):
        numbers.power(base, exponent)


def test_division_by_zero_is_null() -> None:
    """But the remainder is an error."""
    assert numbers.divide(1, 0) is None
    with pytest.raises(FeelEvaluationError):
        numbers.modulo(1, 0)
