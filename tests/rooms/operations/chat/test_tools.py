import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.rooms.operations.conversing import first_call
from worker.operations.chat_completion import ChatInput

FUNCTION = {"name": "look_up", "parameters": {"type": "object", "properties": {"id": {"default": None}}}}
TOOL = {"type": "function", "function": FUNCTION}


def sent(**given: Any) -> Any:
    return json.loads(first_call("chatCompletion", {"content": "x", **given}).body)


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(TOOL, id="the API's own"),
        pytest.param({"type": "function", **FUNCTION}, id="as in the Responses API"),
        pytest.param(FUNCTION, id="the function alone"),
    ],
)
def test_a_function(tool: Any) -> None:
    """However it is written, it is sent as the API wants it, nulls in its schema included."""
    assert sent(tools=[tool])["tools"] == [TOOL]


def test_other_kinds_pass() -> None:
    """What newer models call beside functions is not ours to judge."""
    custom = {"type": "custom", "custom": {"name": "x"}}

    assert sent(tools=[custom])["tools"] == [custom]


@pytest.mark.parametrize(
    ("choice", "as_sent"),
    [
        pytest.param("required", "required", id="a mode"),
        pytest.param("look_up", {"type": "function", "function": {"name": "look_up"}}, id="a tool's name"),
        pytest.param(TOOL, TOOL, id="an object"),
    ],
)
def test_a_choice(choice: Any, as_sent: Any) -> None:
    """A tool may be chosen by its name."""
    assert sent(tools=[TOOL], toolChoice=choice)["tool_choice"] == as_sent


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"tools": []}, "at least 1 item", id="none"),
        pytest.param({"tools": [{}]}, "a tool with a type", id="no type"),
        pytest.param({"tools": [{"type": "function"}]}, "a function with a name", id="no function"),
        pytest.param({"tools": [{"name": "look up"}]}, "64 letters, digits", id="a name that the service refuses"),
        pytest.param({"tools": [{"name": "f", "parameters": []}]}, "are a JSON schema", id="parameters of no object"),
        pytest.param({"tools": [TOOL], "toolChoice": "lookup"}, "the name of one of the tools", id="no such tool"),
        pytest.param({"toolChoice": "look_up"}, "the name of one of the tools", id="no tools at all"),
    ],
)
def test_what_is_refused_before_it_costs(given: dict[str, Any], says: str) -> None:
    """A tool that the service would refuse is an error of the task."""
    with pytest.raises(ValidationError, match=says):
        ChatInput.model_validate({"content": "x", **given})
