"""The text of an expression and its tree."""

from worker.feel.syntax import tree
from worker.feel.syntax.lexer import place_of
from worker.feel.syntax.parser import parse
from worker.feel.syntax.printer import to_text

__all__ = ["parse", "place_of", "to_text", "tree"]
