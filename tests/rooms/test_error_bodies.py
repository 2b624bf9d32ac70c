from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made import a_reply
from worker.error_bodies import stated

PAGE = "<html><head><title>502 Bad &amp; <b>Gateway</b></title></head><body>" + "x" * 50_000


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"error": {"message": "Azure says so"}}, "Azure says so", id="Azure, OpenAI"),
        pytest.param({"error": {"message": None, "details": "in detail"}}, "in detail", id="only details"),
        pytest.param({"statusCode": 401, "message": "API Management says so"}, "API Management says so", id="APIM"),
        pytest.param({"error": "plain"}, "plain", id="error is a text"),
        pytest.param({"error": "invalid_client", "error_description": "told apart"}, "invalid_client", id="OAuth"),
        pytest.param([{"error": {"message": "first"}}, {}], "first", id="in a list"),
        pytest.param({"detail": "Not Found"}, "Not Found", id="FastAPI"),
        pytest.param({"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required", id="FastAPI's list"),
        pytest.param({"title": "Bad", "errors": {"input": ["is required"]}}, "is required", id="ASP.NET"),
        pytest.param({"type": "about:blank", "title": "Forbidden", "status": 403}, "Forbidden", id="problem details"),
        pytest.param({"errors": [{"message": "in a list of errors"}]}, "in a list of errors", id="errors"),
        pytest.param({"fault": {"faultstring": "Invalid ApiKey"}}, "Invalid ApiKey", id="Apigee"),
        pytest.param({"Message": "capital"}, "capital", id="capital"),
        pytest.param("", "the answer is empty", id="empty"),
        pytest.param("[]", "not in the API's own form", id="empty list"),
        pytest.param("{}", "not in the API's own form", id="empty object"),
        pytest.param("null", "not in the API's own form", id="null"),
        pytest.param(PAGE, "'502 Bad & Gateway', the answer is not in", id="a page with a title"),
        pytest.param("<html><h1>Blocked</h1>", "'Blocked', the answer is not in", id="a page with a heading"),
        pytest.param("upstream connect error", "'upstream connect error', the", id="a proxy's text"),
        pytest.param('{"error": {"message": "cut o', "{", id="cut off"),
        pytest.param(b"\xff\xfe\x00", "not in the API's own form (no content type, 3 bytes)", id="bytes"),
    ],
)
def test_what_is_said(body: Any, message: str) -> None:
    """Every form that has been met gives its sentence, and every other one says what it is not."""
    assert message in stated(a_reply(500, body)).message


def test_codes_are_the_most_particular_first() -> None:
    """The inner error knows more than the outer one."""
    body = {"error": {"code": "400", "type": "invalid", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}

    assert stated(a_reply(400, body)).codes == ("ResponsibleAIPolicyViolation", "400", "invalid")


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """No body makes reading it fail, and something is always said."""
    assert stated(a_reply(500, body)).message


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "errors", "message", "code", "detail", "innererror", "status", "param", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json(body: Any) -> None:
    """Nor does any JSON with the right names and the wrong types."""
    assert stated(a_reply(500, body if isinstance(body, dict | list) else [body])).message
