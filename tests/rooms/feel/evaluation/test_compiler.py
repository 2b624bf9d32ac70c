from typing import get_args

from worker.feel.evaluation import compiler
from worker.feel.syntax import printer
from worker.feel.syntax.tree import Invocation, Node


def test_every_node_has_code_and_text() -> None:
    """A new form of the language cannot be forgotten in either table."""
    nodes = set(get_args(Node))

    assert nodes - {Invocation} == compiler.BUILDERS.keys()
    assert nodes == printer.PRINTERS.keys()
