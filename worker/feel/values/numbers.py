"""
Exact numbers: whole ones as int while they fit 34 digits, all others as decimals of 34 digits, half-even.

Results are rounded as IEEE 754 decimal128 does; overflow is an evaluation error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow

from worker.feel.errors import FeelEvaluationError
from worker.feel.values.types import Number, Value

DIGITS = 34
_WHOLE_LIMIT = 10**DIGITS
_MAX_TEXT = 1_000
_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_SMALL_POWER_BITS = 110  # any power below 2**110 has at most 34 digits

CONTEXT = Context(
    prec=DIGITS, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)


def as_number(value: Value) -> Number | None:
    """The exact number that *value* is; None if it is something else."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return Decimal(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def read_number(text: str) -> Number | None:
    """The number a text shows, as in "-12.50" or "1e3"; None if it shows anything else."""
    if len(text) > _MAX_TEXT or not _TEXT.fullmatch(text):
        return None
    return int(text) if text.lstrip("+-").isdigit() else Decimal(text)


def write_number(number: Number) -> str:
    """Its digits, as exact as it is; very large and very small ones with an exponent."""
    return str(number) if abs(number) < _WHOLE_LIMIT else str(CONTEXT.create_decimal(number))


def _rounded(whole: int) -> Number:
    return whole if -_WHOLE_LIMIT < whole < _WHOLE_LIMIT else CONTEXT.create_decimal(whole)


def add(left: Number, right: Number) -> Number:
    """The sum."""
    if type(left) is int and type(right) is int:
        return _rounded(left + right)
    return _guarded(CONTEXT.add, left, right)


def subtract(left: Number, right: Number) -> Number:
    """The difference."""
    if type(left) is int and type(right) is int:
        return _rounded(left - right)
    return _guarded(CONTEXT.subtract, left, right)


def multiply(left: Number, right: Number) -> Number:
    """The product."""
    if type(left) is int and type(right) is int:
        return _rounded(left * right)
    return _guarded(CONTEXT.multiply, left, right)


def divide(left: Number, right: Number) -> Number | None:
    """The quotient, or None for a division by zero."""
    if right == 0:
        return None
    if type(left) is int and type(right) is int and left % right == 0:
        return _rounded(left // right)
    return _guarded(CONTEXT.divide, left, right)


def modulo(dividend: Number, divisor: Number) -> Number:
    """The remainder that has the sign of the divisor; by zero is an evaluation error."""
    if divisor == 0:
        raise FeelEvaluationError("modulo by zero has no value")
    if type(dividend) is int and type(divisor) is int:
        return _rounded(dividend % divisor)
    quotient = _guarded(CONTEXT.divide, dividend, divisor)
    return subtract(dividend, multiply(divisor, math.floor(quotient)))


def power(base: Number, exponent: Number) -> Number:
    """*base* to the power of *exponent*: exact for a whole exponent, else to the 16 digits of a double."""
    if exponent != int(exponent):
        return from_double(lambda: float(base) ** float(exponent), "the power")
    if exponent == 0:
        return 1
    whole = int(exponent)
    if type(base) is int and 0 < whole <= _SMALL_POWER_BITS and base.bit_length() * whole <= _SMALL_POWER_BITS:
        return int(base**whole)
    return _guarded(CONTEXT.power, base, exponent)


def from_double(compute: Callable[[], float | complex], what: str) -> Number:
    """The result of a computation in doubles; an evaluation error if *what* has no finite value."""
    try:
        result = compute()
    except (ArithmeticError, ValueError) as error:
        raise FeelEvaluationError(f"{what} has no value") from error
    if isinstance(result, complex) or not math.isfinite(result):
        raise FeelEvaluationError(f"{what} has no value")
    return int(result) if result.is_integer() and abs(result) < 2**53 else Decimal(repr(result))


def _guarded(operation: Callable[[Number, Number], Decimal], left: Number, right: Number) -> Decimal:
    try:
        result = operation(left, right)
    except DecimalException as error:
        raise FeelEvaluationError(f"the number is beyond 10**{CONTEXT.Emax}") from error
    if not result.is_finite():  # 0 to a negative power is infinite, and no trap says so
        raise FeelEvaluationError("a division by zero has no value")
    return result
