"""How much one expression may use. All limits are counts; none depends on the machine."""

from __future__ import annotations

from typing import Final

BUDGET_STEPS: Final = 100_000  # one step is a loop turn, a call or a handful of list items: about 0.1 s in all

MAX_EXPRESSION_CHARS: Final = 100_000
MAX_EXPRESSION_DEPTH: Final = 64  # nested brackets, calls, ifs; keeps the parser below 500 stack frames
MAX_PATH_STEPS: Final = 100  # a.b[1].c has three
MAX_CALL_DEPTH: Final = 40  # user functions calling each other
MAX_VALUE_DEPTH: Final = 100  # nested lists and contexts in a result or a comparison
MAX_RESULT_WEIGHT: Final = 16_000_000  # JSON characters, and 16 for every value; a broker takes less
MAX_WARNINGS: Final = 50
MAX_PATTERN_CHARS: Final = 2_000  # of a regular expression
MAX_PATTERN_SIZE: Final = 20_000  # the same with every {n} written out, which is what it takes in memory

CACHED_EXPRESSIONS: Final = 1_024
