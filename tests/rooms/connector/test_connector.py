import json
from typing import Any

import pytest

from tests.made import CHAT_REPLY, KEY, a_job, a_reply, a_task
from tests.rooms.connecting import FakeService, Lab
from worker.connections import ApiKey
from worker.errors import ConnectorError, TimedOut
from worker.events import Warned
from worker.job import Job
from worker.outcome import Complete, Fail, Outcome, Throw
from worker.wire import Reply


def failure(outcome: Outcome) -> tuple[Fail, dict[str, Any]]:
    assert isinstance(outcome, Fail)
    return outcome, json.loads(outcome.variables)["error"]


async def test_the_line() -> None:
    """One job goes in, the service is asked once, and the envelope comes out as the result variable."""
    lab = Lab()

    outcome = await lab.run(a_job())

    assert isinstance(outcome, Complete)
    assert json.loads(outcome.variables)["result"]["body"] == CHAT_REPLY
    [(call, target, connection, timeout_s)] = lab.service.asked
    assert (call.path, target.deployment, timeout_s) == ("chat/completions", "gpt-4.1-mini", 600)
    assert isinstance(connection.authentication, ApiKey)
    assert connection.authentication.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("job", "says"),
    [
        pytest.param(a_job(a_task(input={"content": "x", "n": 0})), "input.n", id="bad input"),
        pytest.param(a_job(a_task(deployment=None)), "deployment", id="no deployment"),
        pytest.param(a_job(a_task(operation="x")), "operation", id="no such operation"),
        pytest.param(a_job(a_task(connection={"authentication": {"type": "none"}})), "connection", id="nowhere to go"),
        pytest.param(a_job(headers={"retryBackoff": "soon"}), "retryBackoff", id="bad header"),
        pytest.param(
            a_job(a_task(connection={"resource": "r", "authentication": {"type": "apiKey", "apiKey": "secrets.NO"}})),
            "SECRET_NO",
            id="unknown secret",
        ),
    ],
)
async def test_what_is_wrong_in_the_model_is_an_incident_and_costs_nothing(job: Job, says: str) -> None:
    """No call is made, no retry is left, and the text names the field."""
    lab = Lab()

    fail, _ = failure(await lab.run(job))

    assert fail.retries == 0
    assert says in fail.message
    assert lab.service.asked == []


async def test_a_refusal_travels_with_its_response() -> None:
    """The incident says what to change, and the variables hold what the service said."""
    lab = Lab(FakeService(a_reply(401, {"error": {"code": "401", "message": "Access denied"}}, reason="Unauthorized")))

    fail, error = failure(await lab.run(a_job()))

    assert fail.retries == 0
    assert "Access denied" in fail.message
    assert (error["code"], error["reason"]) == ("401", "AUTHENTICATION_FAILED")
    assert error["variables"]["response"]["body"]["error"]["message"] == "Access denied"


async def test_a_time_out_is_tried_again() -> None:
    """With the task's own back-off."""
    lab = Lab(FakeService(TimedOut("no answer within 600 s")))

    fail, error = failure(await lab.run(a_job(headers={"retryBackoff": "PT45S"})))

    assert (fail.retries, fail.backoff_s, error["code"]) == (2, 45, "408")


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(a_reply(401, {"error": {"message": f"key {KEY} is wrong"}}, X_Echo=KEY), id="refusal"),
        pytest.param(TimedOut(f"sent {KEY}"), id="our own error"),
        pytest.param(a_reply(body={**CHAT_REPLY, "echo": KEY}, X_Echo=f"Bearer {KEY}"), id="success"),
        pytest.param(a_reply(500, f"<html>{KEY}</html>"), id="html"),
    ],
)
async def test_an_echoed_key_is_masked(says: Reply | ConnectorError) -> None:
    """Whatever the service echoes, no key reaches the process or the log."""
    lab = Lab(FakeService(says))

    outcome = await lab.run(a_job())

    assert KEY not in repr(outcome)
    assert KEY not in repr(lab.events)
    assert b"***" in outcome.variables


async def test_a_key_that_the_cluster_has_filled_in_is_masked_too() -> None:
    """From Camunda 8.10 on a task may name a secret of the cluster's, which arrives as the key itself."""
    given = "k3y-0f-the-cluster"
    lab = Lab(FakeService(a_reply(401, {"error": {"code": "401", "message": f"no such key: {given}"}})))

    outcome = await lab.run(
        a_job(a_task(connection={"resource": "r", "authentication": {"type": "apiKey", "apiKey": given}}))
    )

    assert given not in repr(outcome)
    assert b"***" in outcome.variables


async def test_a_prompt_cannot_pull_a_secret() -> None:
    """A placeholder in a prompt is the very text that the model sees."""
    lab = Lab()

    await lab.run(a_job(a_task(input={"content": "say {{secrets.OTHER}}"})))

    assert b"say {{secrets.OTHER}}" in lab.service.asked[0][0].body


async def test_a_contradiction_is_reported() -> None:
    """An explicit field wins over the pasted URL, and the log says so."""
    url = "https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-06-01"
    connection = {"endpoint": url, "authentication": {"type": "none"}}
    lab = Lab()

    await lab.run(a_job(a_task(connection=connection)))

    assert any(isinstance(event, Warned) for event in lab.events)
    assert lab.service.asked[0][1].deployment == "gpt-4.1-mini"


async def test_a_result_that_is_too_large_is_refused_before_the_broker_sees_it() -> None:
    """A clear incident instead of a job that can never be completed."""
    choices = [{"message": {"role": "assistant", "content": "x" * 2_000_000}}]
    lab = Lab(FakeService(a_reply(body={"choices": choices})))

    fail, error = failure(await lab.run(a_job()))

    assert fail.retries == 0
    assert error["reason"] == "RESULT_TOO_LARGE"


async def test_an_error_expression_rules_a_failure() -> None:
    """The expression decides instead of the default verdict, and its texts are masked like all others."""
    lab = Lab(FakeService(a_reply(429, {"error": {"message": f"slow down, {KEY}"}})))
    headers = {"errorExpression": "=bpmnError(error.code, error.message, {body: response.body})"}

    outcome = await lab.run(a_job(headers=headers))

    assert isinstance(outcome, Throw)
    assert outcome.error_code == "429"
    assert "slow down, ***" in outcome.message
    assert KEY not in repr(outcome)


async def test_an_error_expression_rules_a_success() -> None:
    """An answer that is not good enough can be made an error."""
    headers = {"resultExpression": "={answer: output.text}", "errorExpression": '=bpmnError("late", answer)'}

    outcome = await Lab().run(a_job(headers=headers))

    assert outcome == Throw(error_code="late", message="Four.")


@pytest.mark.parametrize("text", ["x" * 10, "x" * 300_000], ids=["small", "large"])
async def test_a_result_expression_shapes_the_variables(text: str) -> None:
    """Only what the author picked goes into the process, however large the answer."""
    choices = [{"message": {"role": "assistant", "content": text}}]
    lab = Lab(FakeService(a_reply(body={"choices": choices})))

    outcome = await lab.run(a_job(headers={"resultExpression": "={long: string length(output.text)}"}))

    assert outcome == Complete(variables=b'{"long":%d}' % len(text))


async def test_a_broken_error_expression_hides_nothing() -> None:
    """The incident quotes the expression, and what it was to judge."""
    lab = Lab(FakeService(a_reply(429, {"error": {"message": "slow down"}})))

    fail, error = failure(await lab.run(a_job(headers={"errorExpression": "=1 +"})))

    assert fail.retries == 0
    assert "1 +" in fail.message
    assert "slow down" in fail.message
    assert error["reason"] == "RATE_LIMITED"


async def test_a_code_is_never_masked() -> None:
    """Boundary events match on it, even where a secret has the same text."""
    lab = Lab(FakeService(a_reply(429, "")))
    connection = {"resource": "r", "authentication": {"type": "apiKey", "apiKey": "429"}}

    _, error = failure(await lab.run(a_job(a_task(connection=connection))))

    assert error["code"] == "429"
