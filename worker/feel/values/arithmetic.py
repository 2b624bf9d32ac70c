"""The operators + - * / ** and unary minus, for every pair of types that has them; None for every other."""

from __future__ import annotations

import math

from worker.feel.meter import Meter
from worker.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from worker.feel.temporal.times import NANOS_PER_DAY
from worker.feel.values import numbers
from worker.feel.values.numbers import as_number
from worker.feel.values.types import Number, Value


def add(left: Value, right: Value, meter: Meter) -> Value:
    """The sum: of numbers, of texts, of durations, of a temporal value and a duration in either order."""
    if isinstance(left, str) and isinstance(right, str):
        meter.spend_text(len(left) + len(right))
        return left + right
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        return numbers.add(number, other)
    if isinstance(left, DayTimeDuration | YearMonthDuration) and isinstance(right, Date | Time | DateTime):
        left, right = right, left
    if isinstance(right, DayTimeDuration):
        return _shifted(left, right.nanos)
    if isinstance(right, YearMonthDuration):
        return _shifted_months(left, right.months)
    return None


def subtract(left: Value, right: Value) -> Value:
    """The difference: of numbers, of durations, of a temporal value and a duration, of two temporal values alike."""
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        return numbers.subtract(number, other)
    if isinstance(right, DayTimeDuration):
        return _shifted(left, -right.nanos)
    if isinstance(right, YearMonthDuration):
        return _shifted_months(left, -right.months)
    return _distance(left, right)


def _shifted(value: Value, nanos: int) -> Value:
    match value:
        case DayTimeDuration():
            return DayTimeDuration.of_nanos(value.nanos + nanos)
        case DateTime() | Time():
            return value.plus_nanos(nanos)
        case Date():  # counted from midnight, and cut to the day that is reached
            return value.plus_days(nanos // NANOS_PER_DAY)
        case _:
            return None


def _shifted_months(value: Value, months: int) -> Value:
    match value:
        case YearMonthDuration():
            return YearMonthDuration.of_months(value.months + months)
        case DateTime() | Date():
            return value.plus_months(months)
        case _:
            return None


def _distance(left: Value, right: Value) -> Value:
    match left, right:
        case Date(), Date():
            return DayTimeDuration.of_nanos((left.epoch_day - right.epoch_day) * NANOS_PER_DAY)
        case Time(), Time() if (left.offset_s is None) == (right.offset_s is None):
            return DayTimeDuration.of_nanos(left.order_key - right.order_key)
        case DateTime(), DateTime() if (left.offset_s is None) == (right.offset_s is None):
            return DayTimeDuration.of_nanos(left.instant - right.instant)
        case _:
            return None


def multiply(left: Value, right: Value) -> Value:
    """The product: of numbers, of a duration and a number in either order."""
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        return numbers.multiply(number, other)
    if number is not None:
        return _scaled(right, number)
    return None if other is None else _scaled(left, other)


def _scaled(value: Value, factor: Number) -> Value:
    match value:
        case DayTimeDuration():
            return DayTimeDuration.of_nanos(math.trunc(numbers.multiply(value.nanos, factor)))
        case YearMonthDuration():
            return YearMonthDuration.of_months(math.trunc(numbers.multiply(value.months, factor)))
        case _:
            return None


def divide(left: Value, right: Value) -> Value:
    """The quotient: of numbers, of a duration and a number, of two durations alike (a number). None by zero."""
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        return numbers.divide(number, other)
    match left, right:
        case DayTimeDuration(), DayTimeDuration():
            return numbers.divide(left.nanos, right.nanos)
        case YearMonthDuration(), YearMonthDuration():
            return numbers.divide(left.months, right.months)
        case DayTimeDuration(), _ if other is not None:
            nanos = numbers.divide(left.nanos, other)
            return None if nanos is None else DayTimeDuration.of_nanos(math.trunc(nanos))
        case YearMonthDuration(), _ if other is not None:
            months = numbers.divide(left.months, other)
            return None if months is None else YearMonthDuration.of_months(math.trunc(months))
        case _:
            return None


def power(left: Value, right: Value) -> Value:
    """A number to the power of a number."""
    number, other = as_number(left), as_number(right)
    return None if number is None or other is None else numbers.power(number, other)


def negate(value: Value) -> Value:
    """The number or duration with the other sign."""
    match value:
        case DayTimeDuration():
            return DayTimeDuration(-value.nanos)
        case YearMonthDuration():
            return YearMonthDuration(-value.months)
        case _:
            number = as_number(value)
            return None if number is None else numbers.subtract(0, number)
