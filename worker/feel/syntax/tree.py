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
    """null"""


@dataclass(frozen=True, slots=True)
class BooleanLiteral:
    """true, false"""

    value: bool


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """1.50; digits as they were written"""

    text: str


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """ "text"; escapes are resolved"""

    value: str


@dataclass(frozen=True, slots=True)
class TemporalLiteral:
    """@"2024-02-29"; not yet known to be any date"""

    text: str


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """[1, 2]"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """{a: 1, "b c": a}; later entries see earlier ones"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """[1..5), only as an argument, a list item or behind `in`"""

    start: Node
    end: Node
    start_closed: bool
    end_closed: bool


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """function(a, b) a + b"""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Variable:
    """x, `a name with any character`"""

    name: str


@dataclass(frozen=True, slots=True)
class Input:
    """?, the value that stands before `in`"""


@dataclass(frozen=True, slots=True)
class Path:
    """base.name"""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """base[condition]"""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Invocation:
    """
    name(1, 2), name(a: 1, b: 2), or with a *base* base.name(1).

    Either *positional* or *named* is empty. *offset* is where the name stands in the text; it is no part of the tree.
    """

    name: str
    positional: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()
    base: Node | None = None
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """-operand"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """first + a - b …: operators of the same precedence, applied from the left"""

    first: Node
    rest: tuple[tuple[ArithmeticOperator, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """left <= right; comparisons do not chain"""

    operator: ComparisonOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class InputComparison:
    """<= bound, compared with the value that stands before `in`"""

    operator: ComparisonOperator
    bound: Node


@dataclass(frozen=True, slots=True)
class Between:
    """value between low and high, both included"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Membership:
    """value in (test, test): whether any of the tests holds"""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """value instance of date and time"""

    value: Node
    type_name: str


@dataclass(frozen=True, slots=True)
class Conjunction:
    """a and b and c"""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """a or b or c"""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """if condition then consequence else alternative"""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """name in source, or name in source..end"""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For:
    """for iterators return body"""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """some iterators satisfies condition, every iterators satisfies condition"""

    quantifier: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


Node = (
    NullLiteral | BooleanLiteral | NumberLiteral | StringLiteral | TemporalLiteral | ListLiteral
    | ContextLiteral | RangeLiteral | FunctionLiteral | Variable | Input | Path | Filter | Invocation
    | Negation | Arithmetic | Comparison | InputComparison | Between | Membership | InstanceOf | Conjunction
    | Disjunction | Conditional | For | Quantified
)  # fmt: skip
