import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import a_reply
from tests.rooms.operations.conversing import first_call, result
from worker.operations.general_query import QueryInput


def messages(**given: Any) -> list[dict[str, str]]:
    asked: list[dict[str, str]] = json.loads(first_call("generalQuery", given).body)["messages"]
    return asked


def test_a_question_alone() -> None:
    """It is asked as it stands, under a short prompt of ours."""
    system, user = messages(question="Two and two?")

    assert user == {"role": "user", "content": "Two and two?"}
    assert "do not know" in system["content"]


def test_a_question_with_context() -> None:
    """The answer is to come from the context, which is set apart from the question."""
    system, user = messages(question="Who?", context="Ann did it.")

    assert "from the context" in system["content"]
    assert user["content"] == "Context:\n<<<\nAnn did it.\n>>>\n\nQuestion: Who?"


def test_a_prompt_of_the_authors_own() -> None:
    """It takes the place of ours."""
    assert messages(question="x", systemPrompt="Be a pirate.")[0] == {"role": "system", "content": "Be a pirate."}


def test_parameters() -> None:
    """Only what was given is sent, under the API's names."""
    sent = json.loads(
        first_call("generalQuery", {"question": "x", "maxCompletionTokens": 9, "reasoningEffort": "low"}).body
    )

    del sent["messages"]
    assert sent == {"max_completion_tokens": 9, "reasoning_effort": "low"}


def test_the_answer() -> None:
    """As with any chat."""
    assert bytes(result("generalQuery", {"question": "x"}, a_reply()).answer.text) == b'"Four."'


@pytest.mark.parametrize("given", [{}, {"question": ""}, {"question": "x", "maxTokens": 1, "maxCompletionTokens": 1}])
def test_limits(given: dict[str, object]) -> None:
    """A question is needed, and at most one token limit."""
    with pytest.raises(ValidationError):
        QueryInput.model_validate(given)
