"""
What can go wrong with an expression.

- FeelError: the base; everything this room raises is one of these
  - FeelSyntaxError: the text is not FEEL; says where, what stands there, and what was expected
  - FeelEvaluationError: the text is FEEL, but this evaluation has no value (a failed assert, a wrong argument type)
  - FeelBudgetExceeded: the evaluation would take more steps, depth or space than it was allowed
"""

from __future__ import annotations


class FeelError(Exception):
    """Any failure of an expression; the message alone is fit to be shown to its author."""


class FeelSyntaxError(FeelError):
    """The text is not FEEL. *line* and *column* count from 1."""

    def __init__(self, *, line: int, column: int, expected: str, found: str) -> None:
        super().__init__(f"line {line}, column {column}: expected {expected}, found {found}")
        self.line = line
        self.column = column
        self.expected = expected
        self.found = found


class FeelEvaluationError(FeelError):
    """
    The expression is well formed but has no value in this context.

    *line* and *column* count from 1 and name the function call that failed; None where no call is to blame.
    """

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        where = "" if line is None else f"line {line}, column {column}: "
        super().__init__(where + reason)
        self.reason = reason
        self.line = line
        self.column = column

    def located(self, line: int, column: int) -> FeelEvaluationError:
        """The same failure with a place; the innermost place that is known wins."""
        return self if self.line is not None else FeelEvaluationError(self.reason, line=line, column=column)


class FeelBudgetExceeded(FeelError):
    """The evaluation was stopped. *what* names the limit that was reached, *limit* is its value."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the expression needs more than {limit} {what}")
        self.what = what
        self.limit = limit
