"""From tree to text: `parse(to_text(tree)) == tree` for every tree that the parser makes."""

from __future__ import annotations

import re
from typing import assert_never

from worker.feel.syntax.names import BOUNDARIES, CALLABLE, COMPOSED, TYPES_OF_SEVERAL_WORDS
from worker.feel.syntax.tree import (
    Arithmetic,
    Between,
    BooleanLiteral,
    Comparison,
    Conditional,
    Conjunction,
    ContextLiteral,
    Disjunction,
    Filter,
    For,
    FunctionLiteral,
    Input,
    InputComparison,
    InstanceOf,
    Invocation,
    Iterator,
    ListLiteral,
    Membership,
    Negation,
    Node,
    NullLiteral,
    NumberLiteral,
    Path,
    Quantified,
    RangeLiteral,
    StringLiteral,
    TemporalLiteral,
    Variable,
)

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_LOOSE = (Negation, Arithmetic, Comparison, Between, Membership, InstanceOf, Conjunction, Disjunction)
_LOOSEST = (Conditional, For, Quantified, FunctionLiteral)


def to_text(node: Node) -> str:
    """The expression on one line, with a pair of parentheses around every operand that is not a single thing."""
    match node:
        case NullLiteral():
            return "null"
        case BooleanLiteral():
            return "true" if node.value else "false"
        case NumberLiteral():
            return node.text
        case StringLiteral():
            return _quoted(node.value)
        case TemporalLiteral():
            return f'@"{node.text}"'
        case Variable():
            return _name(node.name)
        case Input():
            return "?"
        case ListLiteral() | ContextLiteral() | RangeLiteral() | FunctionLiteral():
            return _collection(node)
        case Path() | Filter() | Invocation():
            return _access(node)
        case Negation() | Arithmetic() | Conjunction() | Disjunction():
            return _operation(node)
        case Comparison() | InputComparison() | Between() | Membership() | InstanceOf():
            return _condition(node)
        case Conditional() | For() | Quantified():
            return _form(node)
        case _:
            assert_never(node)


def _operand(node: Node) -> str:
    text = to_text(node)
    return f"({text})" if isinstance(node, _LOOSE + _LOOSEST) else text


def _quoted(text: str) -> str:
    for char, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escape)
    return f'"{text}"'


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) and name not in BOUNDARIES else f"`{name}`"


def _function_name(name: str) -> str:
    words = name.split(" ")
    plain = all(_PLAIN_NAME.fullmatch(word) and word not in BOUNDARIES for word in words)
    return name if plain or name in COMPOSED or name in CALLABLE else f"`{name}`"


def _collection(node: ListLiteral | ContextLiteral | RangeLiteral | FunctionLiteral) -> str:
    match node:
        case ListLiteral():
            return f"[{', '.join(map(to_text, node.items))}]"
        case ContextLiteral():
            return "{" + ", ".join(f"{_quoted(key)}: {to_text(value)}" for key, value in node.entries) + "}"
        case RangeLiteral():
            opening, closing = "[" if node.start_closed else "(", "]" if node.end_closed else ")"
            return f"{opening}{to_text(node.start)}..{to_text(node.end)}{closing}"
        case FunctionLiteral():
            return f"function({', '.join(map(_name, node.parameters))}) {to_text(node.body)}"


def _access(node: Path | Filter | Invocation) -> str:
    match node:
        case Path():
            return f"{_operand(node.base)}.{_name(node.name)}"
        case Filter():
            return f"{_operand(node.base)}[{to_text(node.condition)}]"
        case Invocation():
            named = [f"{parameter}: {to_text(value)}" for parameter, value in node.named]
            arguments = ", ".join([*map(to_text, node.positional), *named])
            if node.base is None:
                return f"{_function_name(node.name)}({arguments})"
            return f"{_operand(node.base)}.{_name(node.name)}({arguments})"


def _operation(node: Negation | Arithmetic | Conjunction | Disjunction) -> str:
    match node:
        case Negation():
            return f"-{_operand(node.operand)}"
        case Arithmetic():
            rest = [f" {operator} {_operand(operand)}" for operator, operand in node.rest]
            return _operand(node.first) + "".join(rest)
        case Conjunction():
            return " and ".join(map(_operand, node.operands))
        case Disjunction():
            return " or ".join(map(_operand, node.operands))


def _condition(node: Comparison | InputComparison | Between | Membership | InstanceOf) -> str:
    match node:
        case Comparison():
            return f"{_operand(node.left)} {node.operator} {_operand(node.right)}"
        case InputComparison():
            return f"({node.operator} {_operand(node.bound)})"
        case Between():
            return f"{_operand(node.value)} between {_operand(node.low)} and {_operand(node.high)}"
        case Membership():
            return f"{_operand(node.value)} in ({', '.join(map(to_text, node.tests))})"
        case InstanceOf():
            return f"{_operand(node.value)} instance of {_type_name(node.type_name)}"


def _type_name(name: str) -> str:
    return name if name in TYPES_OF_SEVERAL_WORDS or _PLAIN_NAME.fullmatch(name) else f"`{name}`"


def _form(node: Conditional | For | Quantified) -> str:
    match node:
        case Conditional():
            return f"if {to_text(node.condition)} then {to_text(node.consequence)} else {to_text(node.alternative)}"
        case For():
            return f"for {_iterators(node.iterators)} return {to_text(node.body)}"
        case Quantified():
            return f"{node.quantifier} {_iterators(node.iterators)} satisfies {to_text(node.condition)}"


def _iterators(iterators: tuple[Iterator, ...]) -> str:
    return ", ".join(
        f"{_name(each.name)} in {_operand(each.source)}" + (f"..{_operand(each.end)}" if each.end is not None else "")
        for each in iterators
    )
