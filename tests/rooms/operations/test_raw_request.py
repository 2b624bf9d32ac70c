import base64
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tests.made import a_reply, a_target
from tests.rooms.operations.conversing import conversation, first_call, result
from worker.azure import url
from worker.errors import ConnectorError, InputError, InvalidResponse, Unreachable
from worker.refusals import refusal
from worker.wire import Reply, Scope

BUSY = refusal(a_reply(429, {"error": {"message": "slow down"}}, Retry_After="3"))
BROKEN = refusal(a_reply(500, ""))
OURS = refusal(a_reply(400, {"error": {"message": "no"}}))
GONE = Unreachable("nobody there")


def test_a_request_as_it_was_asked_for() -> None:
    """Method, path, query and headers are the author's own."""
    given = {
        "path": "/files",
        "method": "PUT",
        "query": {"limit": 3, "all": True},
        "headers": {"X-A": "1"},
        "timeout": "PT5S",
    }
    call = first_call("rawRequest", given)

    assert (call.method, call.path, call.scope, call.query) == (
        "PUT",
        "files",
        Scope.RESOURCE,
        {"limit": "3", "all": "true"},
    )
    assert (call.headers, call.timeout_s, call.most_attempts) == ({"X-A": SecretStr("1")}, 5.0, None)


@pytest.mark.parametrize(
    ("given", "body", "content_type"),
    [
        pytest.param({}, b"", "application/json", id="none"),
        pytest.param({"body": {"a": [1, None]}}, b'{"a":[1,null]}', "application/json", id="JSON"),
        pytest.param({"body": [1]}, b"[1]", "application/json", id="a list"),
        pytest.param({"body": '{"a": 1.10}'}, b'{"a": 1.10}', "application/json", id="JSON as text"),
        pytest.param({"body": "a;b", "contentType": "text/csv"}, b"a;b", "text/csv", id="any text"),
        pytest.param({"form": {"a": "x y", "n": 2}}, b"a=x+y&n=2", "application/x-www-form-urlencoded", id="form"),
    ],
)
def test_the_kinds_of_bodies(given: dict[str, Any], body: bytes, content_type: str) -> None:
    """JSON, text and forms, with their content type."""
    call = first_call("rawRequest", {"path": "x", "method": "POST", **given})

    assert (call.body, call.content_type) == (body, content_type)


def test_a_form_with_files() -> None:
    """It is multipart, with the file under the name of its field."""
    file = {"field": "document", "content": base64.b64encode(b"{}").decode(), "name": "a.jsonl"}
    call = first_call("rawRequest", {"path": "files", "method": "POST", "form": {"purpose": "batch"}, "files": [file]})

    assert call.content_type.startswith("multipart/form-data; boundary=")
    assert b'name="document"; filename="a.jsonl"' in call.body
    assert b'name="purpose"\r\n\r\nbatch\r\n' in call.body


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="no path"),
        pytest.param({"path": "https://other.example/x"}, id="another server"),
        pytest.param({"path": "models?limit=1"}, id="a query in the path"),
        pytest.param({"path": "x", "method": "TRACE"}, id="no such method"),
        pytest.param({"path": "x", "body": {}, "form": {"a": "b"}}, id="two bodies"),
        pytest.param({"path": "x", "timeout": "PT0S"}, id="no time"),
        pytest.param({"path": "x", "maxRetries": 21}, id="for ever"),
        pytest.param({"path": "x", "body": "x", "contentType": "a/b\r\nX: y"}, id="a line break"),
        pytest.param({"path": "x", "files": [{"name": "a"}]}, id="a file that is not there"),
    ],
)
def test_what_is_no_request(given: dict[str, Any]) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(ValidationError):
        first_call("rawRequest", given)


@pytest.mark.parametrize(
    ("response_type", "body", "shown"),
    [
        pytest.param("json", b'{"a": 1.10}', None, id="JSON stays as it came"),
        pytest.param("json", b"plain", b'"plain"', id="what is no JSON is text"),
        pytest.param("json", b"", b"null", id="nothing"),
        pytest.param("text", b'{"a": 1}', b'"{\\"a\\": 1}"', id="JSON as text"),
        pytest.param("binary", b"\xff\x00", b'"/wA="', id="bytes"),
    ],
)
def test_the_kinds_of_answers(response_type: str, body: bytes, shown: bytes | None) -> None:
    """As JSON, text, or bytes in base64."""
    come_to = result("rawRequest", {"path": "x", "responseType": response_type}, a_reply(body=body))

    assert come_to.body == shown


def test_bytes_that_are_stored() -> None:
    """With a store they are a file of the type that the service says."""
    given = {"path": "files/f/content", "responseType": "binary"}
    come_to = result("rawRequest", given, a_reply(body=b"a;b", content_type="text/csv; x=y"), stores_files=True)

    assert [(file.content, file.ending) for file in come_to.files] == [(b"a;b", "csv")]


def test_bytes_where_text_was_expected() -> None:
    """The error says how to ask for them."""
    with pytest.raises(InvalidResponse, match="responseType binary"):
        result("rawRequest", {"path": "x"}, a_reply(body=b"\xff\xfe"))


@pytest.mark.parametrize(
    ("settings", "replies", "delays_s"),
    [
        pytest.param({"maxRetries": 2}, [GONE, BROKEN, a_reply()], [0, 0, 0], id="network and server"),
        pytest.param({"maxRetries": 2, "retryDelayMs": 250}, [BROKEN, a_reply()], [0, 0.25], id="a delay"),
        pytest.param(
            {"maxRetries": 3, "retryDelayMs": 500, "exponentialBackoff": True},
            [BROKEN, BROKEN, BROKEN, a_reply()],
            [0, 0.5, 1, 2],
            id="doubled",
        ),
        pytest.param(
            {"maxRetries": 1, "retryDelayMs": 100}, [BUSY, a_reply()], [0, 3], id="the service's own is longer"
        ),
        pytest.param({"maxRetries": 1, "retryOnAllErrors": True}, [OURS, a_reply()], [0, 0], id="every error"),
    ],
)
def test_retries_of_its_own(
    settings: dict[str, Any], replies: list[Reply | ConnectorError], delays_s: list[float]
) -> None:
    """Each attempt is one exchange, after the wait that the task asks for; the answer tells their number."""
    talk, waited = conversation("rawRequest", {"path": "x", **settings}), []
    batch = next(talk)
    for reply in replies[:-1]:
        waited.append(batch.delay_s)
        batch = talk.send([reply])
    with pytest.raises(StopIteration) as end:
        talk.send(replies[-1:])

    waited.append(batch.delay_s)
    assert batch.calls[0].most_attempts == 1
    assert waited == delays_s
    assert end.value.value.reply.attempts == len(replies)


@pytest.mark.parametrize(
    ("settings", "replies"),
    [
        pytest.param({"maxRetries": 1}, [BROKEN, BROKEN], id="as often as it may"),
        pytest.param({"maxRetries": 0}, [BROKEN], id="not at all"),
        pytest.param({"maxRetries": 5}, [OURS], id="our own fault"),
    ],
)
def test_when_it_gives_up(settings: dict[str, Any], replies: list[ConnectorError]) -> None:
    """The last error is the operation's."""
    with pytest.raises(type(replies[-1])):
        result("rawRequest", {"path": "x", **settings}, *replies)


def test_without_settings_the_workers_own_hold() -> None:
    """A refusal is not kept from the rest of the worker."""
    assert next(conversation("rawRequest", {"path": "x"})).tolerates == ()


def test_a_path_that_climbs() -> None:
    """It is refused where the address is made."""
    with pytest.raises(InputError, match=r"input\.path"):
        url(a_target(), first_call("rawRequest", {"path": "../x"}))
