import json
from typing import Any

import pytest

from tests.asking import a_task_for, outcome_of, result_of
from worker.demo.emulator import Answer, Emulator
from worker.outcome import Fail

TOOL = {"name": "look_up", "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}}}
SEARCH = {"type": "azure_search", "parameters": {"endpoint": "https://s.example", "index_name": "i"}}


@pytest.mark.parametrize(
    ("operation", "deployment", "given"),
    [
        pytest.param("chatCompletion", "gpt-4.1-mini", {"content": "What is two and two?", "n": 2}, id="chat"),
        pytest.param("chatCompletion", "gpt-4.1-mini", {"content": "x", "tools": [TOOL]}, id="tools"),
        pytest.param("chatCompletion", "gpt-4.1-mini", {"content": "trigger-answer-filter"}, id="cut by the filter"),
        pytest.param("chatCompletion", "gpt-4.1-mini", {"content": "x", "responseFormat": "json_object"}, id="JSON"),
        pytest.param("completion", "gpt-35-turbo-instruct", {"prompt": "Once", "maxTokens": 9}, id="legacy"),
        pytest.param("createResponse", "gpt-4.1-mini", {"input": "What is two and two?"}, id="response"),
        pytest.param("completionsExtension", "gpt-4.1-mini", {"content": "x", "dataSources": [SEARCH]}, id="own data"),
    ],
)
async def test_a_stream_says_what_a_document_would(
    operation: str, deployment: str, given: dict[str, Any], azure: Emulator
) -> None:
    """The process sees the same answer, usage and verdicts, whether it was streamed or not."""
    plain = await result_of(a_task_for(azure, operation, deployment, **given))
    streamed = await result_of(a_task_for(azure, operation, deployment, **given, stream=True))

    assert isinstance(azure.books.last.body, dict)
    assert azure.books.last.body["stream"] is True
    assert _comparable(streamed["output"]) == _comparable(plain["output"])
    assert streamed["body"]["usage"] == plain["body"]["usage"]


def _comparable(output: Any) -> Any:
    """What of an output does not differ from call to call, nor by how the emulator cuts it into chunks."""
    varies = {"requestId", "duration", "messages", "toolCalls", "contentFilter"}
    kept = {name: value for name, value in output.items() if name not in varies}
    said = [(_text(message.get("content")), message.get("context")) for message in output["messages"]]
    calls = [call["function"] for call in output["toolCalls"] or ()]
    verdict = (output["contentFilter"]["filtered"], output["contentFilter"]["prompt"])
    return {**kept, "said": [pair for pair in said if any(pair)], "calls": calls, "verdict": verdict}


def _text(content: Any) -> Any:
    """A message of the Responses API has its text in parts."""
    return [part["text"] for part in content] if isinstance(content, list) else content


async def test_a_response_in_the_background_is_waited_for(azure: Emulator) -> None:
    """The service is asked once for the work and then looked in on, until the answer is whole."""
    result = await result_of(a_task_for(azure, "createResponse", input="Think.", background=True))

    assert [entry.method for entry in azure.books.entries] == ["POST", "GET", "GET"]
    assert result["output"]["text"].startswith("You asked “Think.”")
    assert (result["output"]["finishReason"], result["output"]["attempts"], azure.books.billed_calls) == ("stop", 3, 1)


@pytest.mark.parametrize(
    ("answer", "code", "reason"),
    [
        pytest.param(Answer.error_in_stream(429), "429", "RATE_LIMITED", id="a rate limit inside"),
        pytest.param(Answer.error_in_stream(500), "500", "SERVICE_UNAVAILABLE", id="a failure inside"),
        pytest.param(Answer.filtered_prompt(), "400", "CONTENT_FILTERED", id="refused before it begins"),
    ],
)
async def test_a_failed_stream_is_a_failure(answer: Answer, code: str, reason: str, azure: Emulator) -> None:
    """A stream that began well and ends in an error is that error, with the status that it names."""
    azure.always(answer)

    outcome = await outcome_of(a_task_for(azure, "chatCompletion", content="x", stream=True))

    assert isinstance(outcome, Fail)
    error = json.loads(outcome.variables)["error"]
    assert (error["code"], error["reason"]) == (code, reason)
