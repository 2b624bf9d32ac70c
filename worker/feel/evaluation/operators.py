"""Code for operators: arithmetic, comparisons, three-valued logic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from worker.feel.evaluation.literals import Build
from worker.feel.run import Code, Run, Scope
from worker.feel.syntax.tree import Arithmetic, Comparison, Conjunction, Disjunction, Negation
from worker.feel.values import Value, arithmetic, equal, kind_of, order

_ARITHMETIC: Final[dict[str, Callable[[Value, Value, Run], Value]]] = {
    "+": arithmetic.add,
    "-": lambda left, right, _: arithmetic.subtract(left, right),
    "*": lambda left, right, _: arithmetic.multiply(left, right),
    "/": lambda left, right, _: arithmetic.divide(left, right),
    "**": lambda left, right, _: arithmetic.power(left, right),
}
_ORDER: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def arithmetic_chain(node: Arithmetic, build: Build) -> Code:
    """Operators of one precedence, from the left; null with a warning where the types do not fit."""
    first = build(node.first)
    rest = [(symbol, _ARITHMETIC[symbol], build(operand)) for symbol, operand in node.rest]

    def evaluate(scope: Scope) -> Value:
        value = first(scope)
        for symbol, operation, operand in rest:
            left, right = value, operand(scope)
            value = operation(left, right, scope.run)
            if value is None and left is not None and right is not None:
                _warn_of(symbol, left, right, scope.run)
        return value

    return evaluate


def _warn_of(symbol: str, left: Value, right: Value, run: Run) -> None:
    run.warn(f"{kind_of(left)} {symbol} {kind_of(right)} has no value")


def negation(node: Negation, build: Build) -> Code:
    """The operand with the other sign."""
    operand = build(node.operand)

    def evaluate(scope: Scope) -> Value:
        return arithmetic.negate(operand(scope))

    return evaluate


def comparison(node: Comparison, build: Build) -> Code:
    """Whether two values compare as asked; null if they cannot be compared."""
    symbol, left, right = node.operator, build(node.left), build(node.right)

    def evaluate(scope: Scope) -> Value:
        return compared(symbol, left(scope), right(scope), scope.run)

    return evaluate


def compared(symbol: str, left: Value, right: Value, run: Run) -> bool | None:
    """`left symbol right`: true, false, or null with a warning if the types do not fit."""
    result: bool | None
    if symbol == "=":
        result = equal(left, right, run)
    elif symbol == "!=":
        same = equal(left, right, run)
        result = None if same is None else not same
    else:
        sign = order(left, right)
        result = None if sign is None else _ORDER[symbol](sign)
    if result is None and left is not None and right is not None:
        _warn_of(symbol, left, right, run)
    return result


def conjunction(node: Conjunction, build: Build) -> Code:
    """False if any operand is false, else null if any is not true."""
    operands = [build(operand) for operand in node.operands]

    def evaluate(scope: Scope) -> Value:
        result: bool | None = True
        for operand in operands:
            value = operand(scope)
            if value is False:
                return False
            if value is not True:
                result = None
        return result

    return evaluate


def disjunction(node: Disjunction, build: Build) -> Code:
    """True if any operand is true, else null if any is not false."""
    operands = [build(operand) for operand in node.operands]

    def evaluate(scope: Scope) -> Value:
        result: bool | None = False
        for operand in operands:
            value = operand(scope)
            if value is True:
                return True
            if value is not False:
                result = None
        return result

    return evaluate
