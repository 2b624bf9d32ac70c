"""Code that reaches into values: names, paths and filters."""

from __future__ import annotations

import math

from worker.feel.errors import FeelEvaluationError
from worker.feel.evaluation.literals import Build
from worker.feel.evaluation.properties import property_of
from worker.feel.run import Code, Run, Scope
from worker.feel.syntax.tree import Filter, Input, Path, Variable
from worker.feel.values import Value, as_number, kind_of

INPUT = "?"


def variable(node: Variable, _: Build) -> Code:
    """The value of a name; null with a warning if it is unknown."""
    name = node.name

    def evaluate(scope: Scope) -> Value:
        if name in scope.names:
            return scope.names[name]
        holder = scope.holder_of(name)
        if holder is not None:
            return holder[name]
        scope.run.warn(f"no variable '{name}'")
        return None

    return evaluate


def input_value(_node: Input, _: Build) -> Code:
    """The value in front of the innermost `in`; outside of one an evaluation error."""

    def evaluate(scope: Scope) -> Value:
        holder = scope.holder_of(INPUT)
        if holder is None:
            raise FeelEvaluationError("? has a value only behind 'in'")
        return holder[INPUT]

    return evaluate


def path(node: Path, build: Build) -> Code:
    """The entry or property of a value; of a list, that of every item; null with a warning if there is none."""
    base, name = build(node.base), node.name

    def evaluate(scope: Scope) -> Value:
        value = base(scope)
        if isinstance(value, dict) and name in value:
            return value[name]
        return _entry(value, name, scope.run)

    return evaluate


def _entry(value: Value, name: str, run: Run) -> Value:
    if isinstance(value, dict):
        if name in value:
            return value[name]
        run.warn(f"no entry '{name}' in the context")
        return None
    if isinstance(value, list):
        run.spend(len(value))
        return [_entry(item, name, run) for item in value]
    return property_of(value, name, run)


def filtered(node: Filter, build: Build) -> Code:
    """
    The items of a list that meet the condition, or the one at a position.

    The condition sees each item as `item` and, if it is a context, its entries as names. A condition that gives a
    number is a position: from 1, or from -1 at the end, fractions cut off. A value that is no list gives null.
    """
    base, condition = build(node.base), build(node.condition)

    def evaluate(scope: Scope) -> Value:
        items = base(scope)
        if not isinstance(items, list):
            if items is not None:
                scope.run.warn(f"a filter needs a list, not {kind_of(items)}")
            return None
        first = condition(_item_scope(items[0], scope) if items else scope.inside({"item": None}))
        position = None if type(first) is bool else as_number(first)
        if position is not None:
            return _at(items, math.trunc(position), scope.run)
        kept = [items[0]] if items and first is True else []
        kept.extend(item for item in items[1:] if condition(_item_scope(item, scope)) is True)
        return kept

    return evaluate


def _item_scope(item: Value, scope: Scope) -> Scope:
    scope.run.spend()
    inner = scope.inside({"item": item})
    return inner.inside(item) if isinstance(item, dict) else inner


def _at(items: list[Value], position: int, run: Run) -> Value:
    index = position - 1 if position > 0 else len(items) + position
    if position == 0 or not 0 <= index < len(items):
        run.warn(f"no item {position} in a list of {len(items)}")
        return None
    return items[index]
