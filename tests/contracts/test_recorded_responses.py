"""What the Responses API has really answered, whole and as a stream."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contracts.test_recordings import recorded, reply_of
from tests.made import a_target
from tests.rooms.operations.conversing import result
from worker import envelope
from worker.operations import joined

RESPONSES = [(n, each) for n, each in enumerate(recorded()) if each["request"]["path"].endswith("/responses")]


@pytest.mark.parametrize("exchange", [pytest.param(each, id=f"{n}") for n, each in RESPONSES])
def test_a_recorded_response_is_understood(exchange: Mapping[str, Any]) -> None:
    """Text or the calls of tools, why it ended, tokens, and verdicts of the filter that blocked nothing."""
    reply = joined(reply_of(exchange["response"]))
    output = json.loads(envelope.result(result("createResponse", {"input": "x"}, reply), a_target()))["output"]

    body = json.loads(reply.body)
    said = [part["text"] for item in body["output"] if item["type"] == "message" for part in item["content"]]
    called = [item for item in body["output"] if item["type"] == "function_call"]
    assert (output["text"], output["toolCalls"]) == ("".join(said) if said else None, called or None)
    assert output["finishReason"] == ("tool_calls" if called else "stop")
    assert output["usage"]["totalTokens"] == body["usage"]["total_tokens"]
    assert not output["contentFilter"]["filtered"]
