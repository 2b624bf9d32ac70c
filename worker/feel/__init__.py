"""
FEEL, the expression language of DMN and BPMN, with the semantics of the engine that Camunda runs.

An island: it knows nothing of jobs, HTTP or this worker, does no I/O, reads no clock and draws no random number. Text
goes through `syntax` (lexer, parser, tree, printer) and `evaluation` (tree to python functions); `values`, `temporal`
and `patterns` are what these work with, `functions` and `connector_functions` what an expression may call.

    >>> from worker.feel import compile
    >>> compile("{total: sum(items.price)}").evaluate({"items": [{"price": 0.1}, {"price": 0.2}]}).value
    {'total': 0.3}
"""

from worker.feel.errors import FeelBudgetExceeded, FeelError, FeelEvaluationError, FeelSyntaxError
from worker.feel.expression import Expression, Result, compile  # noqa: A004 - as in re.compile
from worker.feel.run import FeelFunction
from worker.feel.syntax import parse, to_text

__all__ = [
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelEvaluationError",
    "FeelFunction",
    "FeelSyntaxError",
    "Result",
    "compile",
    "parse",
    "to_text",
]
