"""The shortest way from an expression to what it gives, for tables of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from worker import feel
from worker.feel import Result
from worker.feel.values import Json

NOON = datetime(2024, 5, 17, 12, 30, 15, tzinfo=UTC)


def result_of(expression: str, context: Mapping[str, object] | None = None) -> Result:
    """The whole result, with a clock that stands still and chance that is none."""
    return feel.compile(expression).evaluate(context or {}, clock=lambda: NOON, chance=lambda: 0.25)


def value_of(expression: str, context: Mapping[str, object] | None = None) -> Json:
    """The value alone."""
    return result_of(expression, context).value
