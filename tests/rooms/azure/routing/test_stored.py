from typing import Any

import pytest

from tests.made import a_reply
from worker.azure.routing.stored import id_in, is_not_here, referred_to
from worker.wire import Call, Reply, Scope

ID = "resp_68a1b2c3d4e5f60718293a4b"


def below(path: str, body: bytes = b"", *, method: str = "POST") -> Call:
    return Call(path=path, body=body, method=method, scope=Scope.RESOURCE)


@pytest.mark.parametrize(
    ("call", "sought"),
    [
        pytest.param(below("responses", b'{"input":"hi"}'), None, id="nothing before"),
        pytest.param(below("responses", b'{"previous_response_id": "r-1"}'), "r-1", id="continued"),
        pytest.param(below("responses", b'{"conversation":{"id":"%s"}}' % ID.encode()), ID, id="in a conversation"),
        pytest.param(below(f"responses/{ID}", method="GET"), ID, id="looked at"),
        pytest.param(below("responses/r-1/cancel"), "r-1", id="cancelled"),
        pytest.param(below(f"files/{ID}/content", method="GET"), ID, id="a file"),
        pytest.param(below("batches", b'{"input_file_id":"%s"}' % ID.encode()), ID, id="named in a body"),
        pytest.param(below("models", method="GET"), None, id="a list"),
        pytest.param(Call(path="chat/completions", body=b'{"x":"%s"}' % ID.encode()), None, id="a model"),
    ],
)
def test_what_takes_up_what_is_kept(call: Call, sought: str | None) -> None:
    """By the id in its path, or as a whole text in its body."""
    assert sought == referred_to(call)


@pytest.mark.parametrize(
    ("reply", "means"),
    [
        pytest.param(a_reply(404, {"error": {"message": "no"}}), "not here", id="404"),
        pytest.param(
            a_reply(400, {"error": {"code": "previous_response_not_found", "message": "m"}}), "not here", id="code"
        ),
        pytest.param(
            a_reply(400, {"error": {"param": "previous_response_id", "message": "m"}}), "not here", id="param"
        ),
        pytest.param(
            a_reply(400, {"error": {"code": "invalid_value", "message": "m"}}), "here or unknown", id="our fault"
        ),
        pytest.param(a_reply(503, ""), "here or unknown", id="cannot say"),
        pytest.param(a_reply(200), "here or unknown", id="here"),
    ],
)
def test_what_says_that_it_is_not_here(reply: Reply, means: str) -> None:
    """Services say so in three ways."""
    assert ("not here" if is_not_here(reply) else "here or unknown") == means


@pytest.mark.parametrize(("body", "made"), [({"id": ID}, ID), ({"data": []}, None), ("no json", None)])
def test_what_was_made(body: Any, made: str | None) -> None:
    """The id of an answer below the resource; a chat's id is nothing that can be taken up."""
    assert made == id_in(below("responses"), a_reply(200, body))
    assert id_in(Call(path="chat/completions"), a_reply(200, {"id": ID})) is None
