from typing import Any

import pytest

from tests.made import a_reply
from worker import errors
from worker.refusals import refusal

FILTERED = {
    "error": {
        "message": "The response was filtered",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
    }
}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(400, FILTERED, errors.ContentFiltered, id="filter"),
        pytest.param(400, {"error": {"code": "BadRequest", "message": "no"}}, errors.InvalidRequest, id="bad request"),
        pytest.param(400, {"error": {"code": "context_length_exceeded"}}, errors.ContextLengthExceeded, id="too long"),
        pytest.param(400, {"error": {"code": "unsupported_value"}}, errors.UnsupportedParameter, id="value"),
        pytest.param(401, {"error": {"code": "401", "message": "denied"}}, errors.AuthenticationFailed, id="key"),
        pytest.param(401, {"statusCode": 401, "message": "denied"}, errors.AuthenticationFailed, id="gateway"),
        pytest.param(403, {"error": "blocked"}, errors.PermissionDenied, id="error as text"),
        pytest.param(404, {"error": {"code": "DeploymentNotFound"}}, errors.DeploymentNotFound, id="deployment"),
        pytest.param(404, {"error": {"code": "404"}}, errors.ResourceNotFound, id="path"),
        pytest.param(408, "", errors.UpstreamTimeout, id="time-out"),
        pytest.param(409, "", errors.Conflict, id="conflict"),
        pytest.param(422, "[]", errors.InvalidRequest, id="list body"),
        pytest.param(429, {"error": {"code": "RateLimitReached"}}, errors.RateLimited, id="rate limit"),
        pytest.param(429, {"error": {"code": "insufficient_quota"}}, errors.QuotaExceeded, id="no budget"),
        pytest.param(502, "<html>Bad gateway</html>", errors.ServiceUnavailable, id="html"),
        pytest.param(503, b"\xff\xfe", errors.ServiceUnavailable, id="not UTF-8"),
        pytest.param(307, "", errors.ResourceNotFound, id="redirect"),
        pytest.param(400, [{"error": {"code": "content_filter"}}], errors.ContentFiltered, id="inside a list"),
        pytest.param(
            400, {"error": {"code": None, "type": "unknown_parameter"}}, errors.UnsupportedParameter, id="type"
        ),
        pytest.param(400, {"error": {"code": ["odd"], "param": 7}}, errors.InvalidRequest, id="odd types"),
        pytest.param(
            400,
            {"error": {"message": "This model's maximum context length is 8192 tokens"}},
            errors.ContextLengthExceeded,
            id="too long, without a code",
        ),
        pytest.param(
            403,
            {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 00:10:00."},
            errors.QuotaExceeded,
            id="a gateway's quota",
        ),
        pytest.param(401, {"error": {"code": "PermissionDenied"}}, errors.PermissionDenied, id="a token without role"),
        pytest.param(
            413, {"error": {"code": "tokens_limit_reached"}}, errors.ContextLengthExceeded, id="inference API"
        ),
        pytest.param(
            429, {"error": {"code": "429", "innererror": {"code": None}}}, errors.RateLimited, id="429 as code"
        ),
    ],
)
def test_what_a_refusal_means(status: int, body: Any, kind: type[errors.ServiceError]) -> None:
    """Every known body becomes one error, with the status as its code."""
    error = refusal(a_reply(status, body, reason="Reason"))

    assert type(error) is kind
    assert error.code == str(status)


def test_the_right_parameter_is_named() -> None:
    """A parameter that the model refuses is answered with the one to use."""
    body = {"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "Unsupported parameter"}}

    assert "input.maxCompletionTokens" in str(refusal(a_reply(400, body)))


def unsupported(param: str | None, message: str = "Unsupported parameter", code: str = "unsupported_parameter") -> Any:
    return {"error": {"code": code, "param": param, "message": message}}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(unsupported("max_tokens"), "input.maxCompletionTokens", id="an older limit"),
        pytest.param(unsupported("max_completion_tokens"), "input.maxTokens", id="a newer limit"),
        pytest.param(unsupported("temperature", code="unsupported_value"), "leave `input.temperature`", id="a value"),
        pytest.param(unsupported("logit_bias"), "leave `input.logitBias`", id="any other"),
        pytest.param(
            unsupported(None, "Unsupported parameter: 'max_tokens' is not supported with this model."),
            "input.maxCompletionTokens", id="named in the text alone",
        ),
        pytest.param(
            unsupported(None, "Unrecognized request argument supplied: reasoning_effort", "x"),
            "input.reasoningEffort", id="an argument that the version does not know",
        ),
        pytest.param(
            unsupported("messages[0].role", "'messages[0].role' does not support 'system' with this model."),
            "developer", id="a role",
        ),
        pytest.param(
            unsupported(None, "response_format value as json_schema is enabled only for api versions 2024-08-01-preview"
                        " and later", "BadRequest"),
            "`apiVersion` to 2024-10-21", id="an old version",
        ),
        pytest.param(
            unsupported(None, "The chatCompletion operation does not work with the specified model, x.", "Other"),
            "choose a `deployment`", id="another kind of model",
        ),
    ],
)  # fmt: skip
def test_what_to_change_is_said(body: Any, says: str) -> None:
    """What a model or a version does not take is answered with what to use instead."""
    assert says in str(refusal(a_reply(400, body)))


def test_the_filter_is_quoted() -> None:
    """A blocked prompt's error names what the filter found, in either spelling of Azure's."""
    found = {"violence": {"filtered": True, "severity": "medium"}, "hate": {"filtered": False, "severity": "safe"}}
    for name, spelling in (("innererror", "content_filter_result"), ("inner_error", "content_filter_results")):
        body = {"error": {"code": "content_filter", "message": "filtered", name: {spelling: found}}}

        assert "violence (medium);" in str(refusal(a_reply(400, body)))
        assert "hate" not in str(refusal(a_reply(400, body)))


@pytest.mark.parametrize(
    ("body", "code", "kind"),
    [
        pytest.param({"error": {"code": "429", "message": "x"}}, "429", errors.RateLimited, id="its code"),
        pytest.param(
            {"error": {"code": "content_filter", "status": 400}}, "400", errors.ContentFiltered, id="its status"
        ),
        pytest.param({"error": {"code": "content_filter"}}, "400", errors.ContentFiltered, id="what it is known by"),
        pytest.param({"error": {"message": "oops"}}, "500", errors.ServiceUnavailable, id="nothing known"),
    ],
)
def test_a_refusal_inside_a_success(body: Any, code: str, kind: type[errors.ServiceError]) -> None:
    """As in a stream that began well: the error has the status that it would have had by itself."""
    error = refusal(a_reply(200, body))

    assert (type(error), error.code) == (kind, code)


def test_the_service_is_quoted_in_bounds() -> None:
    """A long text of the service is cut."""
    assert len(str(refusal(a_reply(400, {"error": {"message": "x" * 100_000}})))) < 3_000


def test_a_redirect_shows_where_to_without_its_query() -> None:
    """A redirect's address is shown, but neither its query nor its user."""
    error = refusal(a_reply(302, "", location="https://user:pw@other.example/openai?sig=secret"))

    assert "https://other.example/openai" in str(error)
    assert "secret" not in str(error)
    assert "pw" not in str(error)
