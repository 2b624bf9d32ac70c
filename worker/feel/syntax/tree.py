"""
The syntax tree of an expression: frozen, comparable, free of any behaviour.

Operators of one precedence that follow each other form one node, so that a long sum is wide and not deep.
Parentheses leave no trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ComparisonOperator = Literal["=", "!=", "<", "<=", ">", ">="]
ArithmeticOperator = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True, slots=True)
class NullLiteral:
    """The literal null."""


@dataclass(frozen=True, slots=True)
class BooleanLiteral:
    """The literal true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number such as 1.50; its digits are kept as they were written."""

    text: str


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A string; its escapes are resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class TemporalLiteral:
    """A literal such as @"2024-02-29"; not yet known to be any date."""

    text: str


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """A list such as [1, 2]."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """A context such as {a: 1, "b c": a}; later entries see earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """A range such as [1..5); only as an argument, a list item or behind `in`."""

    start: Node
    end: Node
    start_closed: bool
    end_closed: bool


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """A function such as function(a, b) a + b."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Variable:
    """A name such as x, in back-ticks if need be."""

    name: str


@dataclass(frozen=True, slots=True)
class Input:
    """The value that stands before `in`, written as a question mark."""


@dataclass(frozen=True, slots=True)
class Path:
    """An entry or property: base.name."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Some items of a list: base[condition]."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Invocation:
    """
    A call: name(1, 2), name(a: 1, b: 2), or with a *base* base.name(1).

    Either *positional* or *named* is empty. *offset* is where the name stands in the text; it is no part of the tree.
    """

    name: str
    positional: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()
    base: Node | None = None
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """The operand with the other sign."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Operators of the same precedence, applied from the left: first + a - b."""

    first: Node
    rest: tuple[tuple[ArithmeticOperator, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison such as left <= right; comparisons do not chain."""

    operator: ComparisonOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class InputComparison:
    """A test such as <= bound, of the value that stands before `in`."""

    operator: ComparisonOperator
    bound: Node


@dataclass(frozen=True, slots=True)
class Between:
    """Whether the value lies between low and high, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether any of the tests holds: value in (test, test)."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """Whether the value is of a type: value instance of date and time."""

    value: Node
    type_name: str


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Operands joined by `and`."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Operands joined by `or`."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """A choice: if condition then consequence else alternative."""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """What a loop runs over: name in source, or name in source..end."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For:
    """A loop that makes a list: for iterators return body."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """A question about items: some iterators satisfies condition, or every iterators satisfies condition."""

    quantifier: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


Node = (
    NullLiteral | BooleanLiteral | NumberLiteral | StringLiteral | TemporalLiteral | ListLiteral
    | ContextLiteral | RangeLiteral | FunctionLiteral | Variable | Input | Path | Filter | Invocation
    | Negation | Arithmetic | Comparison | InputComparison | Between | Membership | InstanceOf | Conjunction
    | Disjunction | Conditional | For | Quantified
)  # fmt: skip
