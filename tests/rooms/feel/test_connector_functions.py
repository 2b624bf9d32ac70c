import pytest

from tests.rooms.feel.asked import value_of
from worker import feel
from worker.feel import FeelEvaluationError
from worker.feel.values import Json

VERDICTS: list[tuple[str, Json]] = [
    ('bpmnError("C")', {"errorType": "bpmnError", "errorCode": "C"}),
    ('bpmnError("C", "m")', {"errorType": "bpmnError", "errorCode": "C", "errorMessage": "m"}),
    (
        'bpmnError("C", "m", {a: 1})',
        {"errorType": "bpmnError", "errorCode": "C", "errorMessage": "m", "variables": {"a": 1}},
    ),
    (
        'jobError("m")',
        {"errorType": "jobError", "errorMessage": "m", "variables": {}, "retries": 0, "retryBackoff": "PT0S"},
    ),
    (
        'jobError(errorMessage: "m", variables: {a: 1}, retries: 2, retryBackoff: @"PT1M30S")',
        {"errorType": "jobError", "errorMessage": "m", "variables": {"a": 1}, "retries": 2, "retryBackoff": "PT1M30S"},
    ),
    ("ignoreError()", {"errorType": "ignoreError"}),
    ("ignoreError({a: null})", {"errorType": "ignoreError", "variables": {"a": None}}),
]


@pytest.mark.parametrize(("expression", "verdict"), VERDICTS, ids=[expression for expression, _ in VERDICTS])
def test_verdicts_are_plain_contexts(expression: str, verdict: Json) -> None:
    """Each function gives the context that the connector runtime understands."""
    assert verdict == value_of(expression)


@pytest.mark.parametrize(
    "expression",
    ["bpmnError(null)", 'bpmnError("C", null)', 'jobError("m", null)', 'jobError("m", {}, 1, "PT5S")',
     'jobError("m", {}, 1, @"P1Y")', 'ignoreError("x")', 'backoff("x")', "backoff(0)"],
)  # fmt: skip
def test_wrong_types_are_errors(expression: str) -> None:
    """A verdict is never lost as null; the error says which call is to blame."""
    with pytest.raises(FeelEvaluationError, match="line 1, column 1"):
        value_of(expression)


@pytest.mark.parametrize("expression", ["bpmnError()", 'jobError("m", {}, 1, @"PT5S", 1)', 'jobError(message: "m")'])
def test_wrong_numbers_of_arguments_are_null(expression: str) -> None:
    """As for any other function."""
    assert value_of(expression) is None


@pytest.mark.parametrize(
    ("attempt", "delay"),
    [(1, "PT0.05S"), (2, "PT0.08S"), (3, "PT0.128S"), (20, "PT5S"), (100_000, "PT5S")],
)
def test_the_backoff_grows_to_its_limit(attempt: int, delay: str) -> None:
    """50, 80, 128 milliseconds … never more than five seconds; without chance there is no jitter."""
    assert delay == feel.compile(f"backoff({attempt})").evaluate({}).value


def test_jitter_spreads_the_backoff() -> None:
    """Chance moves it by up to a tenth to either side, or by what is asked."""
    late = feel.compile('backoff(1, @"PT10S", 1, @"PT1M", 0.5)').evaluate({}, chance=lambda: 1.0)
    early = feel.compile('backoff(1, @"PT10S", 1, @"PT1M", 0.5)').evaluate({}, chance=lambda: 0.0)

    assert ("PT15S", "PT5S") == (late.value, early.value)
