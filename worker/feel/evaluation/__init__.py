"""What an expression means: code for every form of the language."""

from worker.feel.evaluation.compiler import compile_tree
from worker.feel.evaluation.invocations import Library

__all__ = ["Library", "compile_tree"]
