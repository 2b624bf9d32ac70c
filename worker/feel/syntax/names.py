"""Which words are names, and which names hold words that otherwise mean something."""

from __future__ import annotations

from typing import Final

# Never a name by themselves, not even behind a dot: `x.function` needs back-ticks.
RESERVED: Final = frozenset(
    {"null", "true", "false", "function", "in", "return", "then", "else", "satisfies", "and", "or"}
)

# Never begin an expression.
ENDINGS: Final = frozenset({"in", "return", "then", "else", "satisfies", "and", "or"})

# End a function name of several words; alone each may be a variable.
BOUNDARIES: Final = RESERVED | {"if", "for", "some", "every", "between", "instance", "not"}

# Names of functions that are operators otherwise.
CALLABLE: Final = frozenset({"not", "and", "or"})

# Names of functions that hold reserved words.
COMPOSED: Final = ("date and time", "years and months duration", "get or else")

TYPES_OF_SEVERAL_WORDS: Final = (
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
)
