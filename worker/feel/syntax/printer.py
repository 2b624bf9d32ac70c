"""From tree to text: `parse(to_text(tree)) == tree` for every tree that the parser makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from worker.feel.syntax import tree
from worker.feel.syntax.names import BOUNDARIES, CALLABLE, COMPOSED, ENDINGS, TYPES_OF_SEVERAL_WORDS
from worker.feel.syntax.tree import Node

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_NOT_A_SINGLE_THING: Final = (
    tree.Negation, tree.Arithmetic, tree.Comparison, tree.Between, tree.Membership, tree.InstanceOf, tree.Conjunction,
    tree.Disjunction, tree.Conditional, tree.For, tree.Quantified, tree.FunctionLiteral,
)  # fmt: skip


def to_text(node: Node) -> str:
    """The expression on one line, with a pair of parentheses around every operand that is not a single thing."""
    return PRINTERS[type(node)](node)


def _operand(node: Node) -> str:
    return f"({to_text(node)})" if isinstance(node, _NOT_A_SINGLE_THING) else to_text(node)


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(map(to_text, nodes))


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) and name not in BOUNDARIES else f"`{name}`"


def _function_name(name: str) -> str:
    plain = all(_PLAIN_NAME.fullmatch(word) and word not in BOUNDARIES for word in name.split(" "))
    is_safe = name in CALLABLE and name not in ENDINGS  # behind a bracket, `or(` would end what comes before it
    return name if plain or name in COMPOSED or is_safe else f"`{name}`"


def _type_name(name: str) -> str:
    return name if name in TYPES_OF_SEVERAL_WORDS or _PLAIN_NAME.fullmatch(name) else f"`{name}`"


def _context(node: tree.ContextLiteral) -> str:
    return "{" + ", ".join(f"{_quoted(key)}: {to_text(value)}" for key, value in node.entries) + "}"


def _range(node: tree.RangeLiteral) -> str:
    opening, closing = "[" if node.start_closed else "(", "]" if node.end_closed else ")"
    return f"{opening}{to_text(node.start)}..{to_text(node.end)}{closing}"


def _function(node: tree.FunctionLiteral) -> str:
    return f"function({', '.join(map(_name, node.parameters))}) {to_text(node.body)}"


def _invocation(node: tree.Invocation) -> str:
    named = [f"{_name(parameter)}: {to_text(value)}" for parameter, value in node.named]
    arguments = ", ".join([*map(to_text, node.positional), *named])
    if node.base is None:
        return f"{_function_name(node.name)}({arguments})"
    return f"{_operand(node.base)}.{_name(node.name)}({arguments})"


def _arithmetic(node: tree.Arithmetic) -> str:
    return _operand(node.first) + "".join(f" {operator} {_operand(operand)}" for operator, operand in node.rest)


def _between(node: tree.Between) -> str:
    return f"{_operand(node.value)} between {_operand(node.low)} and {_operand(node.high)}"


def _conditional(node: tree.Conditional) -> str:
    return f"if {to_text(node.condition)} then {to_text(node.consequence)} else {to_text(node.alternative)}"


def _iterators(iterators: tuple[tree.Iterator, ...]) -> str:
    return ", ".join(
        f"{_name(each.name)} in {_operand(each.source)}" + (f"..{_operand(each.end)}" if each.end is not None else "")
        for each in iterators
    )


def _quantified(node: tree.Quantified) -> str:
    return f"{node.quantifier} {_iterators(node.iterators)} satisfies {to_text(node.condition)}"


PRINTERS: Final[dict[type, Callable[..., str]]] = {
    tree.NullLiteral: lambda _: "null",
    tree.BooleanLiteral: lambda node: "true" if node.value else "false",
    tree.NumberLiteral: lambda node: node.text,
    tree.StringLiteral: lambda node: _quoted(node.value),
    tree.TemporalLiteral: lambda node: f'@"{node.text}"',
    tree.ListLiteral: lambda node: f"[{_listed(node.items)}]",
    tree.ContextLiteral: _context,
    tree.RangeLiteral: _range,
    tree.FunctionLiteral: _function,
    tree.Variable: lambda node: _name(node.name),
    tree.Input: lambda _: "?",
    tree.Path: lambda node: f"{_operand(node.base)}.{_name(node.name)}",
    tree.Filter: lambda node: f"{_operand(node.base)}[{to_text(node.condition)}]",
    tree.Invocation: _invocation,
    tree.Negation: lambda node: f"-{_operand(node.operand)}",
    tree.Arithmetic: _arithmetic,
    tree.Comparison: lambda node: f"{_operand(node.left)} {node.operator} {_operand(node.right)}",
    tree.InputComparison: lambda node: f"({node.operator} {_operand(node.bound)})",
    tree.Between: _between,
    tree.Membership: lambda node: f"{_operand(node.value)} in ({_listed(node.tests)})",
    tree.InstanceOf: lambda node: f"{_operand(node.value)} instance of {_type_name(node.type_name)}",
    tree.Conjunction: lambda node: " and ".join(map(_operand, node.operands)),
    tree.Disjunction: lambda node: " or ".join(map(_operand, node.operands)),
    tree.Conditional: _conditional,
    tree.For: lambda node: f"for {_iterators(node.iterators)} return {to_text(node.body)}",
    tree.Quantified: _quantified,
}
