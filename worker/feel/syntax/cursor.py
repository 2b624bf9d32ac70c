"""A place in the tokens, with what every part of the parser needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from worker.feel.errors import FeelSyntaxError
from worker.feel.limits import MAX_EXPRESSION_DEPTH
from worker.feel.syntax.lexer import Kind, Token, syntax_error, tokens_of
from worker.feel.syntax.names import RESERVED
from worker.feel.syntax.tree import Node, RangeLiteral


class Cursor(ABC):
    """The tokens of one expression and the position of the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens_of(text)
        self._at = 0
        self._depth = 0

    @abstractmethod
    def expression(self) -> Node:
        """Read a whole expression that is a value, not a range."""

    @abstractmethod
    def element(self) -> Node:
        """Read a whole expression, or a range."""

    @abstractmethod
    def bound(self) -> Node:
        """Read a value made of arithmetic at most: what stands at the right of a comparison."""

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    def ahead(self, count: int = 1) -> Token:
        """The token *count* places further on, or the last one."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def advance(self, count: int = 1) -> Token:
        """Take *count* tokens; gives the first of them."""
        token = self.token
        self._at += count
        return token

    def is_symbol(self, *symbols: str) -> bool:
        """Whether the next token is one of *symbols*."""
        token = self.token
        return token.kind is Kind.SYMBOL and token.text in symbols

    def is_word(self, *words: str) -> bool:
        """Whether the next token is one of *words*."""
        token = self.token
        return token.kind is Kind.NAME and token.text in words

    def take_symbol(self, symbol: str) -> bool:
        """Take the next token if it is *symbol*."""
        return self.is_symbol(symbol) and bool(self.advance())

    def take_word(self, word: str) -> bool:
        """Take the next token if it is *word*."""
        return self.is_word(word) and bool(self.advance())

    def need_symbol(self, symbol: str) -> None:
        """Take *symbol*; anything else is an error."""
        if not self.take_symbol(symbol):
            raise self.error(f"'{symbol}'")

    def need_word(self, word: str) -> None:
        """Take *word*; anything else is an error."""
        if not self.take_word(word):
            raise self.error(f"'{word}'")

    def need_name(self) -> str:
        """Take a name that is not reserved, or one in back-ticks."""
        token = self.token
        if token.kind is Kind.QUOTED_NAME or (token.kind is Kind.NAME and token.text not in RESERVED):
            return self.advance().text
        raise self.error("a name")

    def error(self, expected: str) -> FeelSyntaxError:
        """The error that *expected* does not stand here."""
        token = self.token
        found = token.kind.value if token.kind is Kind.END else repr(self.text[token.start : token.end][:40])
        return syntax_error(self.text, token.start, expected=expected, found=found)

    def value(self, node: Node) -> Node:
        """*node*, which must not be a range."""
        if isinstance(node, RangeLiteral):
            raise self.error("a value before this: a range stands behind 'in', in a list or as an argument")
        return node

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; too many are an error."""
        self._depth += 1
        if self._depth > MAX_EXPRESSION_DEPTH:
            raise self.error(f"no more than {MAX_EXPRESSION_DEPTH} nested expressions")
        yield
        self._depth -= 1
