import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import CHAT_REPLY, a_reply
from tests.rooms.operations.conversing import first_call, result
from worker.operations.chat_completion import ChatInput

SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}


@pytest.mark.parametrize(
    ("given", "as_sent"),
    [
        pytest.param({"responseFormat": "json_object"}, {"type": "json_object"}, id="by name"),
        pytest.param({"responseFormat": FORMAT}, FORMAT, id="the API's own"),
        pytest.param({"jsonSchema": SCHEMA}, FORMAT, id="a schema alone"),
    ],
)
def test_what_is_sent(given: dict[str, Any], as_sent: Any) -> None:
    """However it is given, it is sent as the API wants it."""
    assert json.loads(first_call("chatCompletion", {"content": "x", **given}).body)["response_format"] == as_sent


@pytest.mark.parametrize("given", [{"responseFormat": FORMAT}, {"jsonSchema": SCHEMA}])
@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        pytest.param('{"a": 1}', {"a": 1}, None, id="it fits"),
        pytest.param(
            '{"a": "x"}', None, "the answer does not fit the schema: a: 'x' is not of type 'integer'", id="not"
        ),
    ],
)
def test_the_answer_is_checked(given: dict[str, Any], text: str, value: Any, problem: str | None) -> None:
    """`output.json` fits the schema, or is null and `output.jsonError` says why; the text is there in any case."""
    reply = a_reply(body={**CHAT_REPLY, "choices": [{"message": {"role": "assistant", "content": text}}]})

    answer = result("chatCompletion", {"content": "x", **given}, reply).answer

    assert (json.loads(bytes(answer.json)), answer.json_error) == (value, problem)
    assert json.loads(bytes(answer.text)) == text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"responseFormat": "yaml"}, "text, json_object or json_schema", id="unknown"),
        pytest.param({"responseFormat": {"type": "json_schema"}}, "json_schema with a name", id="no schema"),
        pytest.param(
            {"responseFormat": {"type": "json_schema", "json_schema": {"name": "x", "schema": []}}},
            "an object",
            id="list",
        ),
        pytest.param({"jsonSchema": {"type": "thing"}}, "a JSON schema: type: 'thing'", id="a schema that is none"),
        pytest.param({"jsonSchema": {}, "responseFormat": "text"}, "not both", id="two formats"),
    ],
)
def test_what_is_refused_before_it_costs(given: dict[str, Any], says: str) -> None:
    """What the service would refuse is an error of the task."""
    with pytest.raises(ValidationError, match=says):
        ChatInput.model_validate({"content": "x", **given})
