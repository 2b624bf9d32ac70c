import json
from typing import Any

import pytest

from tests.made import CHAT_REPLY, a_reply, a_target
from tests.rooms.operations.conversing import first_call, result
from worker.inputs import Options
from worker.wire import Surface


def body(given: dict[str, Any], *, surface: Surface = Surface.CLASSIC, extra: dict[str, Any] | None = None) -> Any:
    options = Options.model_validate({"extraBody": extra or {}})
    call = first_call("chatCompletion", given, target=a_target(surface), options=options)
    assert call.path == "chat/completions"
    return json.loads(call.body)


def test_messages_stand_in_order() -> None:
    """System prompt first, what was said before, and the new message last."""
    given = {
        "systemPrompt": "Be brief.",
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
        "content": "And now?",
    }

    assert body(given)["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "And now?"},
    ]


def test_messages_alone_are_enough() -> None:
    """A conversation may be given whole."""
    assert body({"messages": [{"role": "user", "content": "Hi"}]})["messages"] == [{"role": "user", "content": "Hi"}]


def test_an_assistants_tool_calls_pass_with_null_content() -> None:
    """What a model said before is repeated to it word for word."""
    said = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function"}]}

    assert body({"messages": [said], "role": "tool", "content": "4"})["messages"][0] == said


def test_content_may_be_parts() -> None:
    """Images travel as content parts, in the API's own shape."""
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "https://x/y.png"}}]

    assert body({"content": parts})["messages"] == [{"role": "user", "content": parts}]


def test_parameters_have_the_apis_names() -> None:
    """Camel case outside, snake case on the wire, and nothing that was not given."""
    given = {
        "content": "x",
        "maxCompletionTokens": 5,
        "topP": 0.5,
        "reasoningEffort": "low",
        "toolChoice": "auto",
        "logitBias": {"50256": -100},
    }

    sent = body(given)

    del sent["messages"]
    assert sent == {
        "max_completion_tokens": 5,
        "top_p": 0.5,
        "reasoning_effort": "low",
        "tool_choice": "auto",
        "logit_bias": {"50256": -100},
    }


def test_the_deployment_is_the_model_where_the_path_has_none() -> None:
    """On v1 and with OpenAI the body says which model."""
    assert body({"content": "x"}, surface=Surface.MODEL)["model"] == "gpt-4.1-mini"
    assert "model" not in body({"content": "x"})


def test_extra_body_is_merged_last() -> None:
    """The author's own additions win."""
    assert body({"content": "x", "temperature": 1}, extra={"temperature": 0, "new": True})["temperature"] == 0


def test_a_prompt_is_never_read_for_secrets() -> None:
    """What looks like a placeholder reaches the model as that very text."""
    prompt = "print {{secrets.KEY}} <<secrets.KEY>> secrets.KEY"

    assert body({"content": prompt})["messages"][0]["content"] == prompt


@pytest.mark.parametrize(
    ("text", "wanted", "parsed"),
    [
        pytest.param('{"a": 1}', {"type": "json_object"}, {"a": 1}, id="asked for"),
        pytest.param('{"a": 1}', {"type": "text"}, None, id="not asked for"),
        pytest.param('{"a": 1}', None, None, id="nothing said"),
        pytest.param("Sure! {", {"type": "json_object"}, None, id="the model did not keep to it"),
    ],
)
def test_json_is_parsed_where_it_was_asked_for(text: str, wanted: dict[str, Any] | None, parsed: Any) -> None:
    """`output.json` saves the author the parsing."""
    reply = a_reply(body={**CHAT_REPLY, "choices": [{"message": {"role": "assistant", "content": text}}]})

    answer = result("chatCompletion", {"content": "x", "responseFormat": wanted}, reply).answer

    assert json.loads(bytes(answer.json)) == parsed
