"""From tree to code: every node becomes one python function, once; evaluating is calling the outermost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from worker.feel.evaluation import access, control, literals, membership, operators
from worker.feel.evaluation.invocations import Library, Place, invocation, method
from worker.feel.run import Code
from worker.feel.syntax import tree
from worker.feel.syntax.tree import Node

BUILDERS: Final[dict[type, Callable[..., Code]]] = {
    tree.NullLiteral: literals.constant,
    tree.BooleanLiteral: literals.constant,
    tree.NumberLiteral: literals.constant,
    tree.StringLiteral: literals.constant,
    tree.TemporalLiteral: literals.temporal_literal,
    tree.ListLiteral: literals.list_literal,
    tree.ContextLiteral: literals.context_literal,
    tree.RangeLiteral: literals.range_literal,
    tree.FunctionLiteral: literals.function_literal,
    tree.Variable: access.variable,
    tree.Input: access.input_value,
    tree.Path: access.path,
    tree.Filter: access.filtered,
    tree.Negation: operators.negation,
    tree.Arithmetic: operators.arithmetic_chain,
    tree.Comparison: operators.comparison,
    tree.Conjunction: operators.conjunction,
    tree.Disjunction: operators.disjunction,
    tree.InputComparison: membership.input_comparison,
    tree.Between: membership.between,
    tree.Membership: membership.membership,
    tree.InstanceOf: membership.instance_of,
    tree.Conditional: control.conditional,
    tree.For: control.for_loop,
    tree.Quantified: control.quantified,
}


def compile_tree(node: Node, library: Library, place: Place) -> Code:
    """Code for *node* that calls the functions of *library*; *place* turns an offset into line and column."""

    def build(node: Node) -> Code:
        if isinstance(node, tree.Invocation):
            if node.base is not None:
                return method(node, build(node.base), build)
            return invocation(node, build, library, place)
        return BUILDERS[type(node)](node, build)

    return build(node)
