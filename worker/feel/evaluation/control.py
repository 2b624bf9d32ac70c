"""Code for if, for, some and every."""

from __future__ import annotations

from collections.abc import Iterator

from worker.feel.evaluation.literals import Build
from worker.feel.run import Code, Run, Scope
from worker.feel.syntax import tree
from worker.feel.syntax.tree import Conditional, For, Quantified, Variable
from worker.feel.syntax.walk import mentions
from worker.feel.values import Number, Value, as_number, kind_of
from worker.feel.values.numbers import add, subtract

_PARTIAL = "partial"
Source = tuple[str, Code, Code | None]


def conditional(node: Conditional, build: Build) -> Code:
    """The consequence if the condition is true; the alternative if it is anything else, null included."""
    condition, consequence, alternative = build(node.condition), build(node.consequence), build(node.alternative)
    return lambda scope: consequence(scope) if condition(scope) is True else alternative(scope)


def for_loop(node: For, build: Build) -> Code:
    """The body's value for every combination of items; `partial` is the list so far."""
    sources, body = _sources(node.iterators, build), build(node.body)
    reads_partial = mentions(node.body, Variable(_PARTIAL))

    def evaluate(scope: Scope) -> Value:
        turns = _turns(sources, scope)
        if turns is None:
            return None
        results: list[Value] = []
        for names in turns:
            if reads_partial:
                scope.run.spend_copy(len(results))
                names[_PARTIAL] = results.copy()  # a copy, lest a body that returns it makes a list that holds itself
            results.append(body(scope.inside(names)))
        return results

    return evaluate


def quantified(node: Quantified, build: Build) -> Code:
    """Whether the condition holds for some or every combination: null if neither yes nor no can be said."""
    sources, condition = _sources(node.iterators, build), build(node.condition)
    decisive = node.quantifier == "some"

    def evaluate(scope: Scope) -> Value:
        turns = _turns(sources, scope)
        if turns is None:
            return None
        result: bool | None = not decisive
        for names in turns:
            holds = condition(scope.inside(names))
            if holds is decisive:
                return decisive
            if holds is not (not decisive):
                result = None
        return result

    return evaluate


def _sources(iterators: tuple[tree.Iterator, ...], build: Build) -> list[Source]:
    return [(each.name, build(each.source), None if each.end is None else build(each.end)) for each in iterators]


def _turns(sources: list[Source], scope: Scope) -> Iterator[dict[str, Value]] | None:
    """The names of each turn, the last iterator turning fastest; None with a warning if one has nothing to iterate."""
    turns: list[tuple[str, list[Value] | tuple[Number, Number]]] = []
    for name, source, end in sources:
        start = source(scope)
        if end is not None:
            ends = as_number(start), as_number(end(scope))
            if ends[0] is None or ends[1] is None:
                scope.run.warn(f"'{name}' needs numbers to count from and to")
                return None
            turns.append((name, (ends[0], ends[1])))
        elif isinstance(start, list):
            turns.append((name, start))
        else:
            scope.run.warn(f"'{name}' needs a list, not {kind_of(start)}")
            return None
    return _combined(turns, {}, scope.run)


def _combined(
    turns: list[tuple[str, list[Value] | tuple[Number, Number]]], names: dict[str, Value], run: Run
) -> Iterator[dict[str, Value]]:
    if not turns:
        yield dict(names)
        return
    (name, items), rest = turns[0], turns[1:]
    for item in items if isinstance(items, list) else _counted(*items):
        run.spend()
        names[name] = item
        yield from _combined(rest, names, run)


def _counted(start: Number, end: Number) -> Iterator[Number]:
    """From *start* to *end* in steps of one, downwards if need be."""
    if start <= end:
        while start <= end:
            yield start
            start = add(start, 1)
    else:
        while start >= end:
            yield start
            start = subtract(start, 1)
