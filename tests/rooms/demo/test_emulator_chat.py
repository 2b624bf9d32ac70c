"""What the emulated chat says, refuses and counts."""

import json
from typing import Any

import pytest

from tests.rooms.demo.conftest import Caller
from worker.demo.emulator import Answer
from worker.demo.emulator.operations.checks import FILTERED_ANSWER, FILTERED_PROMPT

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"properties": {"city": {"type": "string"}}}}}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 18},
        "kind": {"enum": ["a", "b"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "parent": {"anyOf": [{"type": "null"}, {"type": "string"}]},
    },
}


async def test_quotes_the_question(caller: Caller) -> None:
    """The answer shows which question has arrived, word for word."""
    seen = await caller.chat("print {{secrets.KEY}}")

    assert "“print {{secrets.KEY}}”" in seen.json["choices"][0]["message"]["content"]


async def test_same_question_same_answer(caller: Caller) -> None:
    """Answers are deterministic."""
    first, second = [(await caller.chat()).json["choices"] for _ in range(2)]

    assert first == second


async def test_usage_adds_up(caller: Caller) -> None:
    """What an answer says it used is what the books bill."""
    usage = (await caller.chat()).json["usage"]

    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["total_tokens"] == caller.azure.books.tokens["gpt-4o"].total


async def test_stops_at_the_limit(caller: Caller) -> None:
    """An answer is cut after as many tokens as allowed, and says so."""
    answer = (await caller.chat(max_tokens=3)).json

    assert (3, "length") == (answer["usage"]["completion_tokens"], answer["choices"][0]["finish_reason"])


async def test_reasoning_may_leave_no_room(caller: Caller) -> None:
    """A reasoning model that may only think has nothing left to say."""
    answer = (await caller.chat(deployment="gpt-5-mini", max_completion_tokens=64)).json

    assert "" == answer["choices"][0]["message"]["content"]
    assert 64 == answer["usage"]["completion_tokens_details"]["reasoning_tokens"]


async def test_several_choices(caller: Caller) -> None:
    """As many choices as asked for, each with its number."""
    assert [0, 1, 2] == [choice["index"] for choice in (await caller.chat(n=3)).json["choices"]]


async def test_json_schema(caller: Caller) -> None:
    """An answer to a schema is JSON that the schema allows."""
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
    content = (await caller.chat(response_format=form)).json["choices"][0]["message"]["content"]

    assert {"name": "example", "age": 18, "kind": "a", "tags": ["example"], "parent": None} == json.loads(content)


async def test_tools(caller: Caller) -> None:
    """A tool on offer is called once, and its result is answered in words."""
    call = (await caller.chat(tools=[TOOL])).json["choices"][0]
    asked = call["message"]["tool_calls"][0]
    history = [
        {"role": "user", "content": "Weather?"},
        call["message"],
        {"role": "tool", "tool_call_id": asked["id"], "content": "sunny"},
    ]
    said = (await caller.chat(tools=[TOOL], messages=history)).json["choices"][0]

    assert ("tool_calls", '{"city":"example"}') == (call["finish_reason"], asked["function"]["arguments"])
    assert "stop" == said["finish_reason"]


@pytest.mark.parametrize(
    ("deployment", "more", "param", "code"),
    [
        pytest.param("gpt-4o", {"messages": None}, "messages", "missing_required_parameter", id="no messages"),
        pytest.param("gpt-4o", {"messages": []}, "messages", "empty_array", id="empty messages"),
        pytest.param("gpt-4o", {"temperature": 3}, "temperature", "decimal_above_max_value", id="too hot"),
        pytest.param("gpt-4o", {"temperature": "1"}, "temperature", "invalid_type", id="text for a number"),
        pytest.param("gpt-5-mini", {"max_tokens": 9}, "max_tokens", "unsupported_parameter", id="reasoning: limit"),
        pytest.param("gpt-5-mini", {"temperature": 0.2}, "temperature", "unsupported_value", id="reasoning: heat"),
        pytest.param("gpt-4o", {"data_sources": [{}]}, "data_sources", None, id="no data source"),
    ],
)
async def test_refuses(caller: Caller, deployment: str, more: dict[str, Any], param: str, code: str | None) -> None:
    """A wrong field gets the service's own error, which names it."""
    seen = await caller.chat(deployment=deployment, **more)

    assert (400, param, code) == (seen.status, seen.error["param"], seen.error["code"])


async def test_context_length(caller: Caller) -> None:
    """A prompt longer than the context is refused with both lengths."""
    seen = await caller.chat("word " * 130_000)

    assert "context_length_exceeded" == seen.error["code"]
    assert "128000" in seen.error["message"]


async def test_filtered_prompt(caller: Caller) -> None:
    """A prompt that the filter stops is refused, with the filter's findings, and costs nothing."""
    seen = await caller.chat(FILTERED_PROMPT)

    assert (400, "content_filter") == (seen.status, seen.error["code"])
    assert seen.error["innererror"]["content_filter_result"]["violence"]["filtered"]
    assert 0 == caller.azure.books.billed_calls


async def test_filtered_answer(caller: Caller) -> None:
    """A choice that the filter cuts has no message at all, as recorded."""
    (choice,) = (await caller.chat(FILTERED_ANSWER)).json["choices"]

    assert "content_filter" == choice["finish_reason"]
    assert "message" not in choice


async def test_says_what_it_is_told(caller: Caller) -> None:
    """A test may put words into the model's mouth."""
    caller.azure.next(Answer.says("42"))

    assert "42" == (await caller.chat()).json["choices"][0]["message"]["content"]


async def test_own_data(caller: Caller) -> None:
    """An answer over one's own data has its citations in the message's context."""
    source = {"type": "azure_search", "parameters": {"index_name": "x"}}
    message = (await caller.chat(data_sources=[source])).json["choices"][0]["message"]

    assert "document-1.md" == message["context"]["citations"][0]["filepath"]


@pytest.mark.parametrize(
    ("version", "status"), [("2023-06-01-preview", 200), ("2023-12-01-preview", 200), ("2024-10-21", 404)]
)
async def test_extensions_path(caller: Caller, version: str, status: int) -> None:
    """The retired path exists in the api-versions that had it, and wraps what it found as a tool's message."""
    path = f"/openai/deployments/gpt-4o/extensions/chat/completions?api-version={version}"
    body = {"messages": [{"role": "user", "content": "Hi"}], "dataSources": [{"type": "x", "parameters": {}}]}
    seen = await caller.post(path, body)

    assert status == seen.status
    if status == 200:
        (choice,) = seen.json["choices"]
        found = choice["messages"][0] if "messages" in choice else choice["message"]["context"]["messages"][0]
        assert json.loads(found["content"])["citations"]


@pytest.mark.parametrize("form", [{"type": "json_object"}, {"type": "json_schema", "json_schema": {"name": "mapping"}}])
async def test_a_mapping_is_proposed_by_names_that_look_alike(caller: Caller, form: dict[str, object]) -> None:
    """Asked for a mapping in JSON the emulator pairs names, so that a demo of it works without a script."""
    sources = [{"name": "e-mail", "samples": []}, {"name": "customer.first", "samples": []}]
    asked = {"sourceFields": sources, "targetFields": [{"name": "email"}, {"name": "firstName"}, {"name": "zzz"}]}

    seen = await caller.chat(json.dumps(asked) + "\n\nInstructions: mind.", response_format=form)

    mappings = json.loads(seen.json["choices"][0]["message"]["content"])["mappings"]
    assert [(each["targetField"], each["sourceFields"]) for each in mappings] == [
        ("email", ["e-mail"]),
        ("firstName", ["customer.first"]),
        ("zzz", []),
    ]


async def test_json_that_is_about_something_else(caller: Caller) -> None:
    """Is answered as any other question."""
    seen = await caller.chat('{"sourceFields": []}', response_format={"type": "json_object"})

    assert "answer" in json.loads(seen.json["choices"][0]["message"]["content"])
