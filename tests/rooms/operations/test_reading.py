import json
from typing import Any

import msgspec
import pytest

from tests.made import a_reply
from worker.errors import InvalidResponse
from worker.operations.reading import read_completion


def read(body: Any) -> Any:
    return json.loads(msgspec.json.encode(read_completion(a_reply(body=body))))


@pytest.mark.parametrize(
    ("choice", "text", "messages"),
    [
        pytest.param({"text": " world"}, " world", [], id="legacy completion"),
        pytest.param({"message": {"content": "hi"}}, "hi", [{"content": "hi"}], id="chat"),
        pytest.param({"message": {"content": None, "tool_calls": []}}, None, None, id="only tool calls"),
        pytest.param({"finish_reason": "content_filter"}, None, [], id="cut by the filter, no message at all"),
        pytest.param(
            {"messages": [{"role": "tool", "content": "{}"}, {"role": "assistant", "content": "hi"}]},
            "hi",
            None,
            id="the old extensions API: the last message answers",
        ),
    ],
)
def test_shapes_of_a_choice(choice: dict[str, Any], text: str | None, messages: list[Any] | None) -> None:
    """Every recorded shape of a choice gives its text."""
    answer = read({"choices": [choice]})

    assert answer["text"] == text
    if messages is not None:
        assert answer["messages"] == messages


def test_a_filtered_answer_says_so() -> None:
    """An answer that was cut is a success that tells."""
    found = {"hate": {"filtered": True, "severity": "high"}, "sexual": {"filtered": False}}
    answer = read({"choices": [{"finish_reason": "content_filter", "content_filter_results": found}]})

    assert answer["contentFilter"] == {
        "filtered": True, "categories": ["hate"], "error": None, "prompt": None, "answer": found,
    }  # fmt: skip


SAFE = {"hate": {"filtered": False, "severity": "safe"}}
DOWN_TEXT = "The contents are not filtered"
DOWN = {"error": {"code": "content_filter_error", "message": DOWN_TEXT}}


@pytest.mark.parametrize(
    ("body", "filtered", "error"),
    [
        pytest.param({"choices": [{"content_filter_results": SAFE}]}, False, None, id="nothing found"),
        pytest.param(
            {"choices": [{}, {"finish_reason": "content_filter"}]}, True, None, id="one of two"
        ),
        pytest.param({"choices": [{"content_filter_results": DOWN}]}, False, DOWN_TEXT, id="answer unseen"),
        pytest.param(
            {"choices": [{}], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": DOWN}]},
            False, DOWN_TEXT, id="prompt unseen",
        ),
        pytest.param(
            {"choices": [{"content_filter_results": {"error": {"code": "content_filter_error"}}}]},
            False, "content_filter_error", id="without a text",
        ),
        pytest.param({"choices": [{"content_filter_results": ["?"]}]}, False, None, id="in a form of its own"),
    ],
)  # fmt: skip
def test_what_the_filter_says(body: dict[str, Any], *, filtered: bool, error: str | None) -> None:
    """It cut an answer, it did not run, or it found nothing."""
    verdict = read(body)["contentFilter"]

    assert (verdict["filtered"], verdict["error"]) == (filtered, error)


def test_a_refusal_of_the_model_is_no_answer() -> None:
    """With a JSON schema a model refuses in a field of its own."""
    answer = read({"choices": [{"message": {"content": None, "refusal": "I can't."}}]})

    assert (answer["text"], answer["refusal"]) == (None, "I can't.")


def test_no_choice_is_an_empty_answer() -> None:
    """Nothing said is not an error."""
    assert read({"choices": []})["text"] is None


def test_missing_usage_is_null() -> None:
    """Where the service does not count, we do not guess."""
    assert read({"choices": []})["usage"] is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<html></html>", id="html"),
        pytest.param("", id="empty"),
        pytest.param("{}", id="no choices"),
        pytest.param('{"choices": {}}', id="choices is no list"),
        pytest.param(b'{"choices": [], "x": "\xff"}', id="not UTF-8"),
        pytest.param('{"choices": [], "x": ' + "[" * 100_000 + "]" * 100_000 + "}", id="very deep"),
        pytest.param('{"choices": [], "x": NaN}', id="NaN is no JSON"),
        pytest.param('{"choices": []', id="cut off"),
    ],
)
def test_what_is_no_completion(body: str | bytes) -> None:
    """An answer of another kind is one clear error that still holds the reply."""
    with pytest.raises(InvalidResponse, match="no completion") as caught:
        read_completion(a_reply(body=body))

    assert caught.value.reply is not None
