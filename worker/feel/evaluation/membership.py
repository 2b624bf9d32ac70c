"""Code that asks what a value is or belongs to: between, in, instance of."""

from __future__ import annotations

from worker.feel.evaluation.access import INPUT
from worker.feel.evaluation.literals import Build
from worker.feel.evaluation.operators import compared
from worker.feel.run import Code, Run, Scope
from worker.feel.syntax.tree import Between, Input, InputComparison, InstanceOf, Membership, Node
from worker.feel.syntax.walk import mentions
from worker.feel.values import Range, Truth, Value, equal, kind_of

_TYPE_ALIASES = {"day time duration": "days and time duration", "year month duration": "years and months duration"}


def both(first: Truth, second: Truth) -> Truth:
    """Three-valued `and`."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def between(node: Between, build: Build) -> Code:
    """Whether low <= value <= high."""
    value, low, high = build(node.value), build(node.low), build(node.high)

    def evaluate(scope: Scope) -> Value:
        middle = value(scope)
        return both(
            compared("<=", low(scope), middle, scope.run),
            compared("<=", middle, high(scope), scope.run),
        )

    return evaluate


def within(value: Value, span: Range, run: Run) -> bool | None:
    """Whether a value lies in a range; null if it cannot be compared with its ends."""
    return both(
        compared("<=" if span.start_closed else "<", span.start, value, run),
        compared("<=" if span.end_closed else "<", value, span.end, run),
    )


def membership(node: Membership, build: Build) -> Code:
    """Whether any test holds for a value: true, else null if any is undecided."""
    value = build(node.value)
    tests = [(build(test), _is_verdict(test)) for test in node.tests]

    def evaluate(scope: Scope) -> Value:
        given = value(scope)
        inner = scope.inside({INPUT: given})
        result: bool | None = False
        for test, is_verdict in tests:
            outcome = test(inner)
            holds = _verdict(outcome) if is_verdict else _accepts(outcome, given, scope.run)
            if holds:
                return True
            if holds is None:
                result = None
        return result

    return evaluate


def _is_verdict(test: Node) -> bool:
    """Whether the test decides by itself instead of giving something to compare with."""
    return isinstance(test, InputComparison) or mentions(test, Input())


def _verdict(outcome: Value) -> bool | None:
    return outcome if isinstance(outcome, bool) else None


def _accepts(expected: Value, given: Value, run: Run) -> bool | None:
    """Whether *given* is in the range or list *expected*, or equal to it."""
    if isinstance(expected, Range):
        return within(given, expected, run)
    same = equal(given, expected, run)
    if isinstance(expected, list) and same is not True:
        run.spend(len(expected))
        return any(equal(given, item, run) is True for item in expected)
    return same


def input_comparison(node: InputComparison, build: Build) -> Code:
    """A comparison of the value in front of `in`; null where there is none."""
    operator, bound = node.operator, build(node.bound)

    def evaluate(scope: Scope) -> Value:
        holder = scope.holder_of(INPUT)
        return None if holder is None else compared(operator, holder[INPUT], bound(scope), scope.run)

    return evaluate


def instance_of(node: InstanceOf, build: Build) -> Code:
    """Whether the value has the type; null is an instance of nothing."""
    value = build(node.value)
    wanted = _TYPE_ALIASES.get(node.type_name, node.type_name)

    def evaluate(scope: Scope) -> Value:
        given = value(scope)
        return given is not None and wanted in {"Any", kind_of(given)}

    return evaluate
