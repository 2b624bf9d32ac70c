import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.made import a_job
from worker.errors import ExpressionError
from worker.expressions import BpmnError, Expressions, IgnoreError, JobError, Ruling

EXPRESSIONS = Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5)
RESPONSE = {
    "status": 200,
    "headers": {"content-type": "application/json"},
    "body": {"choices": [{"message": {"content": "Four."}}], "usage": {"total_tokens": 11}},
    "reason": "OK",
    "document": None,
    "output": {"text": "Four."},
}
FAILURE = {"code": "429", "reason": "RATE_LIMITED", "type": "RateLimited", "message": "slow down"}


def mapped(expression: str | None, variable: str | None = None, given: dict[str, Any] | None = None) -> Any:
    return json.loads(EXPRESSIONS.mapped(expression, variable, json.dumps(RESPONSE).encode(), given or {}))


def on_success(expression: str, variables: dict[str, Any] | None = None) -> Ruling | None:
    response, result = json.dumps(RESPONSE).encode(), json.dumps(variables or {}).encode()
    return EXPRESSIONS.ruling_on_success(expression, response, result, {"orderId": 7}, a_job(retries=3))


def on_failure(expression: str, response: dict[str, Any] | None = None) -> Ruling | None:
    return EXPRESSIONS.ruling_on_failure(expression, FAILURE, response or {}, {"orderId": 7}, a_job(retries=3))


@pytest.mark.parametrize(
    ("expression", "variable", "expected"),
    [
        pytest.param(None, None, {}, id="neither: nothing"),
        pytest.param(None, "result", {"result": RESPONSE}, id="the whole response"),
        pytest.param("={a: body.usage.total_tokens}", None, {"a": 11}, id="its own keys"),
        pytest.param("= {a: response.body.choices[1].message.content}", None, {"a": "Four."}, id="as response"),
        pytest.param("={a: 1}", "result", {"result": RESPONSE, "a": 1}, id="both"),
        pytest.param("={result: 1}", "result", {"result": 1}, id="the expression lies on top"),
        pytest.param("={a: nothing.here}", None, {"a": None}, id="unknown paths are null"),
        pytest.param("=null", "result", {"result": RESPONSE}, id="null adds nothing"),
        pytest.param("={a: createDocument(body)}", None, {"a": None}, id="an unknown function is null"),
        pytest.param("={}", None, {}, id="an empty context"),
        pytest.param("={order: variables.orderId}", None, {"order": 7}, id="the author's own variables"),
        pytest.param("={b: status, c: b + 1}", None, {"b": 200, "c": 201}, id="earlier entries"),
    ],
)
def test_results(expression: str | None, variable: str | None, expected: dict[str, Any]) -> None:
    """The response under the result variable, and on top of it what the expression gives."""
    assert mapped(expression, variable, {"orderId": 7}) == expected


def test_a_result_variable_of_any_name() -> None:
    """The name is data, not syntax."""
    assert mapped(None, 'my "result"') == {'my "result"': RESPONSE}


def test_the_response_is_not_touched_without_an_expression() -> None:
    """What nobody looks into is spliced in as it is."""
    assert EXPRESSIONS.mapped(None, "r", b'{"n": 1.10}', {}) == b'{"r":{"n": 1.10}}'


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        pytest.param("={a: ", "line 1, column", id="cut off"),
        pytest.param("=1 +", "line 1, column", id="half a sum"),
        pytest.param('="text"', "it gives a text", id="a text"),
        pytest.param("=[1]", "it gives a list", id="a list"),
        pytest.param("=5", "it gives a number", id="a number"),
        pytest.param('={a: {"camunda.function.type": "x"}}', "camunda.function.type", id="a function call"),
        pytest.param('={a: assert(null, false, "no")}', "no", id="an assertion"),
    ],
)
def test_a_broken_result_expression(expression: str, says: str) -> None:
    """The incident says what is wrong, where, and quotes the expression."""
    with pytest.raises(ExpressionError) as caught:
        mapped(expression)

    assert says in str(caught.value)
    assert "resultExpression" in str(caught.value)
    assert expression in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "ruling"),
    [
        pytest.param("=null", None, id="null"),
        pytest.param("={}", None, id="an empty context"),
        pytest.param('=if error.code = "429" then bpmnError("busy", error.message) else null',
                     BpmnError(code="busy", message="slow down"), id="bpmnError"),
        pytest.param('=bpmnError("busy", "m", {order: variables.orderId})',
                     BpmnError(code="busy", message="m", variables={"order": 7}), id="with variables"),
        pytest.param('=bpmnError("busy")', BpmnError(code="busy"), id="code alone"),
        pytest.param('=jobError("m", {a: 1}, job.retries - 1, @"PT30S")',
                     JobError(message="m", variables={"a": 1}, retries=2, backoff_s=30), id="jobError"),
        pytest.param('=jobError("m")', JobError(message="m"), id="no retries left by default"),
        pytest.param("=ignoreError({a: response.error.reason})",
                     IgnoreError(variables={"a": "RATE_LIMITED"}), id="ignore"),
        pytest.param('={errorType: "bpmnError", errorCode: "c"}', BpmnError(code="c"), id="written by hand"),
        pytest.param('={errorType: "jobError", errorMessage: "m", retryBackoff: "PT5S"}',
                     JobError(message="m", backoff_s=5), id="written by hand, a text as duration"),
        pytest.param('=if response.status = 429 then bpmnError("raw") else null',
                     BpmnError(code="raw"), id="raw status"),
    ],
)  # fmt: skip
def test_rulings_on_a_failure(expression: str, ruling: Ruling | None) -> None:
    """The expression sees error, response, variables and job, and its ruling is read."""
    assert on_failure(expression, {"status": 429, "body": None}) == ruling


@pytest.mark.parametrize(
    ("condition", "variables", "is_error"),
    [
        pytest.param("response.status = 200", {}, True, id="raw response"),
        pytest.param("status = 200", {}, True, id="its own keys"),
        pytest.param('answer = "Four."', {"answer": "Four."}, True, id="mapped"),
        pytest.param("response.answer = 4", {"answer": 4}, True, id="mapped in response"),
        pytest.param('status = "mine"', {"status": "mine"}, True, id="mapped ones win"),
        pytest.param('response.output.text = "Four."', {"a": 1}, True, id="both at once"),
        pytest.param("variables.orderId = 7", {}, True, id="the author's own variables"),
        pytest.param("job.retries = 3", {}, True, id="the job"),
        pytest.param("error != null", {}, False, id="no error on success"),
    ],
)
def test_rulings_on_a_success(condition: str, variables: dict[str, Any], *, is_error: bool) -> None:
    """A success is judged as well, with the raw response and the mapped variables in sight."""
    ruling = on_success(f'=if {condition} then bpmnError("caught") else null', variables)

    assert ruling == (BpmnError(code="caught") if is_error else None)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        pytest.param("=", "line 1", id="empty"),
        pytest.param('="text"', "it gives a text", id="a text"),
        pytest.param("={a: 1}", "bpmnError(…)", id="a context of another kind"),
        pytest.param('={errorType: "boundary"}', "bpmnError(…)", id="unknown kind"),
        pytest.param('={errorType: "bpmnError"}', "errorCode", id="no code"),
        pytest.param('={errorType: "jobError", retries: -1}', "retries", id="negative retries"),
        pytest.param('={errorType: "jobError", retries: 1.5}', "retries", id="half a retry"),
        pytest.param('={errorType: "jobError", retryBackoff: "soon"}', "retryBackoff", id="no duration"),
        pytest.param('={errorType: "ignoreError", variables: 5}', "variables", id="no context"),
        pytest.param('=jobError("m", {}, 1, "PT5S")', "errorExpression", id="wrong argument type"),
    ],
)
def test_a_broken_error_expression(expression: str, says: str) -> None:
    """A ruling that cannot be read is named, never guessed."""
    with pytest.raises(ExpressionError) as caught:
        on_failure(expression)

    assert says in str(caught.value)


def test_now_and_chance_are_injected() -> None:
    """An expression's clock and dice are the caller's."""
    assert mapped("={d: string(today()), n: random number()}") == {"d": "2026-01-02", "n": 0.5}


def test_a_runaway_expression_is_stopped() -> None:
    """No expression can hang the worker."""
    with pytest.raises(ExpressionError, match="needs more than"):
        mapped("={a: for i in 1..1000000000 return i}")
