from typing import Any

import pytest

from tests.made import a_reply
from worker import errors
from worker.refusals import asked_delay_s, refusal

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


def test_the_service_is_quoted_in_bounds() -> None:
    """A long text of the service is cut."""
    assert len(str(refusal(a_reply(400, {"error": {"message": "x" * 100_000}})))) < 3_000


def test_a_redirect_shows_where_to_without_its_query() -> None:
    """A redirect's address is shown, but neither its query nor its user."""
    error = refusal(a_reply(302, "", location="https://user:pw@other.example/openai?sig=secret"))

    assert "https://other.example/openai" in str(error)
    assert "secret" not in str(error)
    assert "pw" not in str(error)


@pytest.mark.parametrize(
    ("headers", "delay_s"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"Retry_After": "7"}, 7, id="seconds"),
        pytest.param({"retry_after_ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({"Retry_After": "1", "Retry_After_Ms": "0"}, 1, id="as recorded: the longer wins"),
        pytest.param({"retry_after": "1", "retry_after_ms": "2500"}, 2.5, id="the longer is in ms"),
        pytest.param({"retry_after": "soon"}, None, id="no number"),
        pytest.param({"retry_after": "-3"}, None, id="negative"),
        pytest.param({"retry_after": "nan"}, None, id="nan"),
        pytest.param({"retry_after": "inf"}, None, id="infinite"),
        pytest.param(
            {"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30, id="date"
        ),
        pytest.param({"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT"}, None, id="date without a date"),
    ],
)
def test_asked_delay(headers: dict[str, str], delay_s: float | None) -> None:
    """The service's own delay: the longer of its two headers."""
    assert asked_delay_s(a_reply(429, "", **headers)) == delay_s
