"""An expression, compiled once and evaluated as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import DecimalException
from functools import lru_cache
from typing import Final, cast

from worker.feel.connector_functions import CONNECTOR_FUNCTIONS
from worker.feel.errors import FeelBudgetExceeded, FeelEvaluationError
from worker.feel.evaluation import compile_tree
from worker.feel.functions import BUILTINS
from worker.feel.limits import BUDGET_STEPS, CACHED_EXPRESSIONS, MAX_EXPRESSION_DEPTH
from worker.feel.run import Code, FeelFunction, Run, Scope
from worker.feel.syntax import parse, place_of
from worker.feel.syntax.tree import Node
from worker.feel.values import Json, Value, kind_of, to_json

_LIBRARY: Final = BUILTINS | CONNECTOR_FUNCTIONS


@dataclass(frozen=True, slots=True)
class Result:
    """
    What an evaluation gives.

    *value* is plain JSON data, *kind* the FEEL type it had before ("days and time duration"), *warnings* say why parts
    of it are null: unknown names, types that do not fit, functions that do not exist.
    """

    value: Json
    kind: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; made by *compile*, immutable, to be shared freely."""

    text: str
    tree: Node
    _code: Code

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        functions: Mapping[str, FeelFunction] | None = None,
        clock: Callable[[], datetime] | None = None,
        chance: Callable[[], float] | None = None,
        budget_steps: int = BUDGET_STEPS,
    ) -> Result:
        """
        Evaluate with the names of *context*, which is plain JSON data and is neither changed nor copied.

        *functions* are known in addition to the built-in ones and hide those of the same name. *clock* gives the
        present time with its zone, for now() and today(); *chance* a number in [0, 1), for uuid(), random number()
        and backoff(); without them these are null. Raises FeelEvaluationError where the expression has no value, and
        FeelBudgetExceeded when it takes more than *budget_steps* steps, or more depth or space than the limits allow.
        """
        run = Run(budget_steps, functions=functions, clock=clock, chance=chance)
        names = cast("dict[str, Value]", context if isinstance(context, dict) else dict(context))
        try:
            value = self._code(Scope(names, None, run))
            return Result(to_json(value), kind_of(value), tuple(run.warnings))
        except RecursionError:  # the caller's own stack may be deep already
            raise FeelBudgetExceeded("nested calls", MAX_EXPRESSION_DEPTH) from None
        except (DecimalException, OverflowError) as error:  # numbers of the input may have any size
            raise FeelEvaluationError("a number is out of range") from error


@lru_cache(maxsize=CACHED_EXPRESSIONS)
def compile(text: str) -> Expression:  # noqa: A001 - as in re.compile
    """
    The expression that *text* shows, without a leading "="; the last ones are kept.

    Raises FeelSyntaxError, with line and column, if it is not FEEL.
    """
    try:
        tree = parse(text)
        code = compile_tree(tree, _LIBRARY, lambda offset: place_of(text, offset))
    except RecursionError:
        raise FeelBudgetExceeded("nested expressions", MAX_EXPRESSION_DEPTH) from None
    return Expression(text, tree, code)
