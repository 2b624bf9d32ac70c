"""
From text to tree.

The precedence, from loose to tight: if, for, some, every and function; or; and; comparisons, between, in, instance of
(which do not chain); + and -; * and /; **; the sign; paths, filters and calls.
"""

from __future__ import annotations

from typing import Literal, cast

from worker.feel.errors import FeelSyntaxError
from worker.feel.limits import MAX_EXPRESSION_CHARS
from worker.feel.syntax.lexer import Kind
from worker.feel.syntax.names import TYPES_OF_SEVERAL_WORDS
from worker.feel.syntax.operands import OperandParser
from worker.feel.syntax.tree import (
    Arithmetic,
    ArithmeticOperator,
    Between,
    Comparison,
    ComparisonOperator,
    Conditional,
    Conjunction,
    Disjunction,
    For,
    FunctionLiteral,
    InstanceOf,
    Iterator,
    Membership,
    Node,
    Quantified,
)

_COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
_ARITHMETIC: tuple[tuple[str, ...], ...] = (("+", "-"), ("*", "/"), ("**",))  # from loose to tight
_ARITHMETIC_SYMBOLS = tuple(symbol for symbols in _ARITHMETIC for symbol in symbols)
_NO_CONDITION_STARTS_WITH = {")", ",", "]", "}", "=", "!=", "+", "*", "/", ".", "<", ">", "<=", ">=", "**", ".."}


def parse(text: str) -> Node:
    """The tree of an expression. Raises FeelSyntaxError for a text that is none, too long or nested too deep."""
    if len(text) > MAX_EXPRESSION_CHARS:
        raise FeelSyntaxError(
            line=1, column=1, expected=f"at most {MAX_EXPRESSION_CHARS} characters", found=f"{len(text)} characters"
        )
    parser = _Parser(text)
    node = parser.expression()
    if parser.token.kind is not Kind.END:
        raise parser.error("an operator or the end of the expression")
    return node


class _Parser(OperandParser):
    """Reads operators and the forms that begin with a keyword."""

    def expression(self) -> Node:
        return self.value(self.element())

    def element(self) -> Node:
        with self.nested():
            return self._keyword_form() or self._disjunction()

    def bound(self) -> Node:
        return self.value(self._arithmetic())

    def _keyword_form(self) -> Node | None:
        token, following = self.token, self.ahead()
        if token.kind is not Kind.NAME:
            return None
        if token.text == "function" and following.text == "(":
            return self._function()
        if token.text == "if" and self._is_keyword_if():
            return self._conditional()
        if token.text in {"for", "some", "every"} and following.kind in {Kind.NAME, Kind.QUOTED_NAME}:
            return self._for() if token.text == "for" else self._quantified()
        return None

    def _is_keyword_if(self) -> bool:
        """Whether the `if` here is the keyword; before an operator or a closing bracket it is a name."""
        following = self.ahead()
        return following.kind is not Kind.END and not (
            following.kind is Kind.SYMBOL and following.text in _NO_CONDITION_STARTS_WITH
        )

    def _conditional(self) -> Node:
        self.need_word("if")
        condition = self.expression()
        self.need_word("then")
        consequence = self.expression()
        self.need_word("else")
        return Conditional(condition, consequence, self.expression())

    def _for(self) -> Node:
        self.need_word("for")
        iterators = self._iterators()
        self.need_word("return")
        return For(iterators, self.expression())

    def _quantified(self) -> Node:
        quantifier = cast("Literal['some', 'every']", self.advance().text)
        iterators = self._iterators()
        self.need_word("satisfies")
        return Quantified(quantifier, iterators, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while not iterators or self.take_symbol(","):
            name = self.need_name()
            self.need_word("in")
            source = self.bound()
            iterators.append(Iterator(name, source, self.bound() if self.take_symbol("..") else None))
        return tuple(iterators)

    def _function(self) -> Node:
        self.need_word("function")
        self.need_symbol("(")
        parameters: list[str] = []
        while not self.is_symbol(")"):
            if parameters:
                self.need_symbol(",")
            parameters.append(self.need_name())
            if self.take_symbol(":"):
                self._type_name()  # a type may be given for the reader; it is not checked
        self.need_symbol(")")
        return FunctionLiteral(tuple(parameters), self.expression())

    def _disjunction(self) -> Node:
        """Comparisons joined by `and` and `or`, grouped in one loop to keep the stack flat."""
        groups = [[self._comparison()]]
        while self.is_word("and", "or"):
            joins = self.advance().text == "and"
            self.value(groups[-1][-1])
            operand = self.value(self._comparison())
            if joins:
                groups[-1].append(operand)
            else:
                groups.append([operand])
        operands = [group[0] if len(group) == 1 else Conjunction(tuple(group)) for group in groups]
        return operands[0] if len(operands) == 1 else Disjunction(tuple(operands))

    def _comparison(self) -> Node:
        left = self._arithmetic()
        if self.is_symbol(*_COMPARISONS):
            operator = cast("ComparisonOperator", self.advance().text)
            return Comparison(operator, self.value(left), self.bound())
        if self.take_word("between"):
            low = self.bound()
            self.need_word("and")
            return Between(self.value(left), low, self.bound())
        if self.take_word("in"):
            return Membership(self.value(left), self._tests())
        if self.is_word("instance") and self.ahead().text == "of":
            self.advance(2)
            return InstanceOf(self.value(left), self._type_name())
        return left

    def _type_name(self) -> str:
        for name in TYPES_OF_SEVERAL_WORDS:
            words = name.split(" ")
            if [self.ahead(index).text for index in range(len(words))] == words:
                self.advance(len(words))
                return name
        if self.token.kind is Kind.NAME:  # reserved words too: function is a type
            return self.advance().text
        return self.need_name()

    def _tests(self) -> tuple[Node, ...]:
        if self.take_symbol("]"):
            return (self.range_from(self.expression(), start_closed=False),)
        if not self.take_symbol("("):
            return (self.test() if self.is_symbol("<", "<=", ">", ">=") else self._arithmetic(),)
        tests = [self.test()]
        if self.is_symbol(".."):
            return (self.range_from(tests[0], start_closed=False),)
        while self.take_symbol(","):
            tests.append(self.test())
        self.need_symbol(")")
        return tuple(tests)

    def _arithmetic(self) -> Node:
        first = self.operand()
        rest: list[tuple[ArithmeticOperator, Node]] = []
        while self.is_symbol(*_ARITHMETIC_SYMBOLS):
            self.value(first)
            operator = cast("ArithmeticOperator", self.advance().text)
            rest.append((operator, self.value(self.operand())))
        return _grouped(first, rest, 0)


def _grouped(first: Node, rest: list[tuple[ArithmeticOperator, Node]], level: int) -> Node:
    """Operands and operators in a row, as a tree: those of *level* join what the tighter levels make of the others."""
    if not rest:
        return first
    joined: list[tuple[ArithmeticOperator, Node]] = []
    tighter: list[tuple[ArithmeticOperator, Node]] = []
    head, start = first, first
    operator: ArithmeticOperator | None = None
    for symbol, operand in rest:
        if symbol not in _ARITHMETIC[level]:
            tighter.append((symbol, operand))
            continue
        group = _grouped(start, tighter, level + 1)
        if operator is None:
            head = group
        else:
            joined.append((operator, group))
        operator, start, tighter = symbol, operand, []
    group = _grouped(start, tighter, level + 1)
    return group if operator is None else Arithmetic(head, (*joined, (operator, group)))
