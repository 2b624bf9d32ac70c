"""Functions on numbers."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal
from typing import Final

from worker.feel.errors import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.temporal import DayTimeDuration, YearMonthDuration
from worker.feel.values import Number, Value
from worker.feel.values.numbers import DIGITS, from_double, modulo, subtract

_MAX_SCALE: Final = 6176  # decimals that decimal128 can have
_MODES: Final = {
    "UP": decimal.ROUND_UP,
    "DOWN": decimal.ROUND_DOWN,
    "CEILING": decimal.ROUND_CEILING,
    "FLOOR": decimal.ROUND_FLOOR,
    "HALF_UP": decimal.ROUND_HALF_UP,
    "HALF_DOWN": decimal.ROUND_HALF_DOWN,
    "HALF_EVEN": decimal.ROUND_HALF_EVEN,
}
_WIDE: Final = decimal.Context(prec=7_000, Emin=-20_000, Emax=20_000)


def _scaled(number: Number, scale: Number, mode: str) -> Number:
    """*number* with *scale* decimals; more decimals than it can have leave it as it is, fewer than none give 0."""
    places = max(-_MAX_SCALE, min(_MAX_SCALE, int(scale)))
    if places >= 0 and isinstance(number, int):
        return number
    value = Decimal(number)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places and places > DIGITS:
        return number
    return value.quantize(Decimal((0, (1,), -places)), rounding=mode, context=_WIDE)


def _decimal(_run: Run, number: Number, scale: Number) -> Value:
    return _scaled(number, scale, decimal.ROUND_HALF_EVEN)


def _decimal_by(run: Run, number: Number, scale: Number, mode: str) -> Value:
    name = mode.upper()
    if name == "UNNECESSARY":
        rounded = _scaled(number, scale, decimal.ROUND_DOWN)
        return rounded if rounded == number else None
    if name not in _MODES:
        run.warn(f"decimal: mode must be one of {', '.join(_MODES)}, UNNECESSARY")
        return None
    return _scaled(number, scale, _MODES[name])


def _floor(_run: Run, number: Number, scale: Number = 0) -> Value:
    return _scaled(number, scale, decimal.ROUND_FLOOR)


def _ceiling(_run: Run, number: Number, scale: Number = 0) -> Value:
    return _scaled(number, scale, decimal.ROUND_CEILING)


def _round_up(_run: Run, number: Number, scale: Number) -> Value:
    return _scaled(number, scale, decimal.ROUND_UP)


def _round_down(_run: Run, number: Number, scale: Number) -> Value:
    return _scaled(number, scale, decimal.ROUND_DOWN)


def _round_half_up(_run: Run, number: Number, scale: Number) -> Value:
    return _scaled(number, scale, decimal.ROUND_HALF_UP)


def _round_half_down(_run: Run, number: Number, scale: Number) -> Value:
    return _scaled(number, scale, decimal.ROUND_HALF_DOWN)


def _absolute(_run: Run, number: Number) -> Value:
    return subtract(0, number) if number < 0 else number


def _absolute_duration(_run: Run, duration: DayTimeDuration | YearMonthDuration) -> Value:
    if isinstance(duration, DayTimeDuration):
        return DayTimeDuration(abs(duration.nanos))
    return YearMonthDuration(abs(duration.months))


def _modulo(_run: Run, dividend: Number, divisor: Number) -> Value:
    return modulo(dividend, divisor)


def _sqrt(run: Run, number: Number) -> Value:
    if number < 0:
        run.warn("sqrt: number must not be negative")
        return None
    return from_double(lambda: math.sqrt(number), "sqrt")


def _log(_run: Run, number: Number) -> Value:
    if number <= 0:
        raise FeelEvaluationError("log: number must be positive")
    return from_double(lambda: math.log(number), "log")


def _exp(_run: Run, number: Number) -> Value:
    return from_double(lambda: math.exp(number), "exp")


def _odd(_run: Run, number: Number) -> Value:
    return modulo(number, 2) == 1


def _even(_run: Run, number: Number) -> Value:
    return modulo(number, 2) == 0


def _random_number(run: Run) -> Value:
    if run.chance is None:
        run.warn("random number: there is no source of chance here")
        return None
    return run.chance()


def _uuid(run: Run) -> Value:
    """A random (version 4) UUID, drawn 16 bits at a time."""
    if run.chance is None:
        run.warn("uuid: there is no source of chance here")
        return None
    words = [int(run.chance() * 65_536) & 0xFFFF for _ in range(8)]
    words[3] = words[3] & 0x0FFF | 0x4000
    words[4] = words[4] & 0x3FFF | 0x8000
    digits = "".join(f"{word:04x}" for word in words)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


SIGNATURES: Final = (
    define("decimal(n: number, scale: number)", _decimal),
    define("decimal(n: number, scale: number, mode: string)", _decimal_by),
    define("floor(n: number)", _floor),
    define("floor(n: number, scale: number)", _floor),
    define("ceiling(n: number)", _ceiling),
    define("ceiling(n: number, scale: number)", _ceiling),
    define("round up(n: number, scale: number)", _round_up),
    define("round down(n: number, scale: number)", _round_down),
    define("round half up(n: number, scale: number)", _round_half_up),
    define("round half down(number: number, scale: number)", _round_half_down),
    define("abs(number: number)", _absolute),
    define("abs(n: number)", _absolute),
    define("abs(n: duration)", _absolute_duration),
    define("modulo(dividend: number, divisor: number)", _modulo),
    define("sqrt(number: number)", _sqrt),
    define("log(number: number)", _log),
    define("exp(number: number)", _exp),
    define("odd(number: number)", _odd),
    define("even(number: number)", _even),
    define("random number()", _random_number),
    define("uuid()", _uuid),
)
