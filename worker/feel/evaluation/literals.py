"""Code for literals: constants, lists, contexts, ranges and functions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from worker.feel.run import Code, Scope
from worker.feel.syntax.tree import (
    BooleanLiteral,
    ContextLiteral,
    FunctionLiteral,
    ListLiteral,
    Node,
    NullLiteral,
    NumberLiteral,
    RangeLiteral,
    StringLiteral,
    TemporalLiteral,
)
from worker.feel.syntax.walk import nodes_of
from worker.feel.temporal import read_temporal
from worker.feel.values import Context, Function, Range, Value
from worker.feel.values.numbers import DIGITS

Build = Callable[[Node], Code]


def constant(node: NullLiteral | BooleanLiteral | NumberLiteral | StringLiteral, _: Build) -> Code:
    """Code that always gives the same value."""
    value: Value = None
    match node:
        case BooleanLiteral() | StringLiteral():
            value = node.value
        case NumberLiteral():
            # int() refuses texts of thousands of digits, Decimal takes them
            value = int(node.text) if node.text.isdigit() and len(node.text) <= DIGITS else Decimal(node.text)
    return lambda _scope: value


def temporal_literal(node: TemporalLiteral, _: Build) -> Code:
    """The date, time or duration that the text shows, read once; null with a warning if it shows none."""
    value = read_temporal(node.text)
    if value is not None:
        return lambda _scope: value

    def warn(scope: Scope) -> Value:
        scope.run.warn(f'@"{node.text}" is no date, time or duration')
        return None

    return warn


def list_literal(node: ListLiteral, build: Build) -> Code:
    """A new list."""
    items = [build(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


def context_literal(node: ContextLiteral, build: Build) -> Code:
    """A new context; each entry sees the ones before it, and so do its functions whenever they are called."""
    entries = [(key, build(value), _makes_functions(value)) for key, value in node.entries]

    def evaluate(scope: Scope) -> Value:
        names = Context()
        inner = scope.inside(names)
        for key, code, keeps_names in entries:
            names[key] = code(scope.inside(names.copy()) if keeps_names else inner)
        return names

    return evaluate


def _makes_functions(node: Node) -> bool:
    return any(isinstance(each, FunctionLiteral) for each in nodes_of(node))


def range_literal(node: RangeLiteral, build: Build) -> Code:
    """A range value."""
    start, end = build(node.start), build(node.end)
    return lambda scope: Range(start(scope), end(scope), node.start_closed, node.end_closed)


def function_literal(node: FunctionLiteral, build: Build) -> Code:
    """A function that remembers the names around it."""
    parameters, body = node.parameters, build(node.body)

    def evaluate(scope: Scope) -> Value:
        def call(arguments: list[Value]) -> Value:
            return body(scope.inside(dict(zip(parameters, arguments, strict=True))))

        return Function(parameters, call)

    return evaluate
