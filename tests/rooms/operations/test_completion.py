import json

import msgspec
import pytest
from pydantic import ValidationError

from tests.made import a_reply
from tests.rooms.operations.conversing import first_call, result
from worker.operations.completion import CompletionInput


def test_the_request() -> None:
    """A prompt and its parameters, under the API's names."""
    call = first_call("completion", {"prompt": ["a", "b"], "maxTokens": "16", "bestOf": 2, "echo": False})

    assert call.path == "completions"
    assert json.loads(call.body) == {"prompt": ["a", "b"], "max_tokens": 16, "best_of": 2, "echo": False}


def test_the_answer() -> None:
    """The text of the first choice."""
    reply = a_reply(body={"choices": [{"text": "b", "finish_reason": "length"}], "model": "m"})

    answer = result("completion", {"prompt": "a"}, reply).answer

    assert (msgspec.json.decode(answer.text), answer.finish_reason, answer.model) == ("b", "length", "m")


@pytest.mark.parametrize(
    "given",
    [{}, {"prompt": []}, {"prompt": "x", "logprobs": 6}, {"prompt": "x", "bestOf": 21}, {"prompt": "x", "n": 0}],
)
def test_limits(given: dict[str, object]) -> None:
    """The ranges of Azure's own contract."""
    with pytest.raises(ValidationError):
        CompletionInput.model_validate(given)
