"""What stands between operators: literals, names, calls, paths and filters."""

from __future__ import annotations

from worker.feel.limits import MAX_PATH_STEPS
from worker.feel.syntax.cursor import Cursor
from worker.feel.syntax.lexer import Kind
from worker.feel.syntax.names import BOUNDARIES, CALLABLE, COMPOSED, ENDINGS
from worker.feel.syntax.tree import (
    BooleanLiteral,
    ContextLiteral,
    Filter,
    Input,
    InputComparison,
    Invocation,
    ListLiteral,
    Negation,
    Node,
    NullLiteral,
    NumberLiteral,
    Path,
    RangeLiteral,
    StringLiteral,
    TemporalLiteral,
    Variable,
)

_LITERALS: dict[Kind, type[NumberLiteral | StringLiteral | TemporalLiteral]] = {
    Kind.NUMBER: NumberLiteral,
    Kind.STRING: StringLiteral,
    Kind.TEMPORAL: TemporalLiteral,
}
_CONSTANTS: dict[str, Node] = {
    "null": NullLiteral(),
    "true": BooleanLiteral(value=True),
    "false": BooleanLiteral(value=False),
}
_INPUT_COMPARISONS = ("<=", ">=", "<", ">")


class OperandParser(Cursor):
    """Reads one operand with everything that binds tighter than an operator."""

    def operand(self) -> Node:
        """An operand with its signs, paths and filters; a range only if nothing is attached to it."""
        if self.take_symbol("-"):
            with self.nested():
                return Negation(self.value(self.operand()))
        node = self._primary()
        for _ in range(MAX_PATH_STEPS):
            if self.is_symbol("."):
                self.value(node)
                self.advance()
                node = self._path(node)
            elif self.is_symbol("[") and self._starts_condition():
                self.value(node)
                self.advance()
                node = Filter(node, self.expression())
                self.need_symbol("]")
            else:
                return node
        raise self.error(f"no more than {MAX_PATH_STEPS} steps in a path")

    def _starts_condition(self) -> bool:
        """Whether the bracket here opens a filter; before what ends an expression it closes a range, as in ]1..2[."""
        token = self.ahead()
        if token.kind is Kind.SYMBOL:
            return token.text not in {")", "]", "}", ","}
        return token.kind is not Kind.END and not (token.kind is Kind.NAME and token.text in ENDINGS)

    def _primary(self) -> Node:
        token = self.token
        literal = _LITERALS.get(token.kind)
        if literal is not None:
            self.advance()
            return literal(token.text)
        if token.kind in {Kind.NAME, Kind.QUOTED_NAME}:
            return self._named()
        if token.kind is Kind.SYMBOL:
            match token.text:
                case "(":
                    return self._parenthesised()
                case "[":
                    return self._list()
                case "{":
                    return self._context()
                case "?":
                    self.advance()
                    return Input()
        raise self.error("a value")

    def _named(self) -> Node:
        token = self.token
        if token.kind is Kind.NAME:
            name, words = self._function_name()
            if words:
                self.advance(words)
                return self._invocation(name, None, token.start)
            if token.text in _CONSTANTS:
                return _CONSTANTS[self.advance().text]
        elif self.ahead().kind is Kind.SYMBOL and self.ahead().text == "(":
            self.advance()
            return self._invocation(token.text, None, token.start)
        return Variable(self.need_name())

    def _function_name(self) -> tuple[str, int]:
        """The function name here and its number of words, or 0 if no call follows."""
        for name in COMPOSED:
            words = name.count(" ") + 1
            end = self.token.start + len(name)
            follows = self.ahead(words)
            is_here = self.text.startswith(name, self.token.start) and self.ahead(words - 1).end == end
            if is_here and follows.kind is Kind.SYMBOL and follows.text == "(":
                return name, words
        parts: list[str] = []
        token = self.token
        while token.kind is Kind.NAME and (token.text not in BOUNDARIES or (not parts and token.text in CALLABLE)):
            parts.append(token.text)
            token = self.ahead(len(parts))
        return (" ".join(parts), len(parts)) if token.kind is Kind.SYMBOL and token.text == "(" else ("", 0)

    def _path(self, base: Node) -> Node:
        token = self.token
        name = self.need_name()
        if name == "time" and token.kind is Kind.NAME and self.take_word("offset"):
            name = "time offset"  # the only property of two words
        return self._invocation(name, base, token.start) if self.is_symbol("(") else Path(base, name)

    def _invocation(self, name: str, base: Node | None, offset: int) -> Node:
        self.need_symbol("(")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.is_symbol(")"):
            if positional or named:
                self.need_symbol(",")
            parameter = self._parameter_name()
            if (positional and parameter is not None) or (named and parameter is None):
                raise self.error("arguments that are all named, or none of them")
            if parameter is None:
                positional.append(self.element())
            else:
                named.append((parameter, self.element()))
        self.need_symbol(")")
        return Invocation(name, tuple(positional), tuple(named), base, offset)

    def _parameter_name(self) -> str | None:
        """Take the name of a parameter, of one or more words, with its colon; None if none stands here."""
        if self.token.kind is Kind.QUOTED_NAME and self.ahead().text == ":":
            return self.advance(2).text
        words: list[str] = []
        while self.ahead(len(words)).kind is Kind.NAME:
            words.append(self.ahead(len(words)).text)
        colon = self.ahead(len(words))
        if not words or colon.kind is not Kind.SYMBOL or colon.text != ":":
            return None
        self.advance(len(words) + 1)
        return " ".join(words)

    def _parenthesised(self) -> Node:
        self.need_symbol("(")
        node = self.test()
        if self.is_symbol(".."):
            return self.range_from(node, start_closed=False)
        self.need_symbol(")")
        return node

    def test(self) -> Node:
        """A comparison with the input, as `< 5`, or an expression or range."""
        if not self.is_symbol(*_INPUT_COMPARISONS):
            return self.element()
        with self.nested():
            operator = self.advance().text
            return InputComparison(operator, self.bound())  # type: ignore[arg-type]  # one of _INPUT_COMPARISONS

    def _list(self) -> Node:
        self.need_symbol("[")
        if self.take_symbol("]"):
            return ListLiteral(())
        items = [self.element()]
        if self.is_symbol(".."):
            return self.range_from(items[0], start_closed=True)
        while self.take_symbol(","):
            items.append(self.element())
        self.need_symbol("]")
        return ListLiteral(tuple(items))

    def range_from(self, start: Node, *, start_closed: bool) -> Node:
        """The rest of a range whose start has been read."""
        self.value(start)
        self.need_symbol("..")
        end = self.expression()
        if not self.is_symbol(")", "]", "["):
            raise self.error("')' or ']' at the end of the range")
        return RangeLiteral(start, end, start_closed, self.advance().text == "]")

    def _context(self) -> Node:
        self.need_symbol("{")
        entries: list[tuple[str, Node]] = []
        while not self.is_symbol("}") or entries:
            if entries and not self.take_symbol(","):
                break
            key = self._key()
            self.need_symbol(":")
            entries.append((key, self.expression()))
        self.need_symbol("}")
        return ContextLiteral(tuple(entries))

    def _key(self) -> str:
        """A string, a name in back-ticks, or any characters that are no brackets, quotes or commas."""
        if self.token.kind in {Kind.STRING, Kind.QUOTED_NAME}:
            return self.advance().text
        start = end = self.token.start
        while not self.is_symbol(":") and self._may_be_in_key():
            end = self.advance().end
        if start == end:
            raise self.error("a key")
        return self.text[start:end]

    def _may_be_in_key(self) -> bool:
        if self.token.kind in {Kind.NAME, Kind.NUMBER, Kind.UNKNOWN}:
            return True
        return self.token.kind is Kind.SYMBOL and self.token.text not in {"(", ")", "[", "]", "{", "}", ","}
