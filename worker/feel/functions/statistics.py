"""Functions that make one number, or the extreme value, out of a list."""

from __future__ import annotations

from collections import Counter
from typing import Final

from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.values import Number, Value, as_number, order
from worker.feel.values.numbers import add, divide, from_double, multiply, subtract


def _numbers(run: Run, items: list[Value]) -> list[Number] | None:
    """The items as numbers; None with a warning if any is something else."""
    run.spend(1 + len(items) // 4)
    numbers = [number for number in map(as_number, items) if number is not None]
    if len(numbers) != len(items):
        run.warn("the list must hold numbers only")
        return None
    return numbers


def _extreme(run: Run, items: list[Value], sign: int) -> Value:
    run.spend(1 + len(items) // 4)
    if not items or any(isinstance(item, bool) for item in items):
        return None
    best = items[0]
    for item in items:
        compared = order(item, best)
        if compared is None:
            run.warn("the values of the list cannot be compared")
            return None
        if compared == sign:
            best = item
    number = as_number(best)
    return best if number is None else number


def _min(run: Run, items: list[Value]) -> Value:
    return _extreme(run, items, -1)


def _max(run: Run, items: list[Value]) -> Value:
    return _extreme(run, items, 1)


def _total(numbers: list[Number]) -> Number:
    total: Number = 0
    for number in numbers:
        total = add(total, number)
    return total


def _sum(run: Run, items: list[Value]) -> Value:
    numbers = _numbers(run, items)
    return _total(numbers) if numbers else None


def _product(run: Run, items: list[Value]) -> Value:
    numbers = _numbers(run, items)
    if not numbers:
        return None
    product: Number = 1
    for number in numbers:
        product = multiply(product, number)
    return product


def _mean(run: Run, items: list[Value]) -> Value:
    numbers = _numbers(run, items)
    return divide(_total(numbers), len(numbers)) if numbers else None


def _median(run: Run, items: list[Value]) -> Value:
    numbers = _numbers(run, items)
    if not numbers:
        return None
    numbers.sort()
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else divide(add(numbers[middle - 1], numbers[middle]), 2)


def _stddev(run: Run, items: list[Value]) -> Value:
    """The standard deviation of a sample; null for fewer than two numbers."""
    numbers = _numbers(run, items)
    mean = divide(_total(numbers), len(numbers)) if numbers else None
    if numbers is None or mean is None:
        return None
    distances = [subtract(number, mean) for number in numbers]
    variance = divide(_total([multiply(each, each) for each in distances]), len(numbers) - 1)
    return None if variance is None else from_double(lambda: float(variance) ** 0.5, "the deviation")


def _mode(run: Run, items: list[Value]) -> Value:
    """The most frequent numbers in ascending order."""
    numbers = _numbers(run, items)
    if numbers is None:
        return None
    counts = Counter(numbers)
    highest = max(counts.values(), default=0)
    modes: list[Value] = []
    modes.extend(sorted(number for number, count in counts.items() if count == highest))
    return modes


SIGNATURES: Final = (
    define("min(list: list...)", _min),
    define("max(list: list...)", _max),
    define("sum(list: list...)", _sum),
    define("product(list: list...)", _product),
    define("mean(list: list...)", _mean),
    define("median(list: list...)", _median),
    define("stddev(list: list...)", _stddev),
    define("mode(list: list...)", _mode),
)
