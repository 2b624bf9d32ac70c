import json

import pytest

from tests.made import a_reply
from tests.rooms.operations.conversing import first_call, result
from worker.errors import InvalidResponse
from worker.wire import Scope


def test_the_resource_is_asked() -> None:
    """No deployment, no body."""
    call = first_call("listModels", {})

    assert (call.method, call.path, call.scope, call.body) == ("GET", "models", Scope.RESOURCE, b"")


def test_the_list_is_the_json() -> None:
    """What the service lists is ready in `output.json`."""
    models = [{"id": "gpt-4.1-mini-2025-04-14", "object": "model"}]
    answer = result("listModels", {}, a_reply(body={"object": "list", "data": models})).answer

    assert json.loads(bytes(answer.json)) == models


@pytest.mark.parametrize("body", ["<html>", "{}", "[]"])
def test_what_is_no_list(body: str) -> None:
    """A page of some gateway is an error, not an empty list."""
    with pytest.raises(InvalidResponse, match="check the endpoint"):
        result("listModels", {}, a_reply(body=body))
