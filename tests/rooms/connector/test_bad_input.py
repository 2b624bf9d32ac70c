"""What a task gets that asks for what cannot be: INVALID_INPUT with the field's path, and no call."""

import json
from typing import Any

import pytest

from tests.made import a_job, a_task
from tests.rooms.connecting import Lab
from worker.operations import OPERATIONS
from worker.outcome import Fail

FILE = {"content": "UklGRiQA", "name": "talk.wav"}


@pytest.mark.parametrize(
    ("operation", "given", "path", "says"),
    [
        pytest.param("chatCompletion", {"content": "x", "temperature": 3}, "input.temperature",
                     "got 3, wanted at most 2",
                     id="out of range"),
        pytest.param("createImage", {"prompt": "x", "size": "big"}, "input.size", "width and height such as 1024x1024",
                     id="no size"),
        pytest.param("createImage", {"prompt": "x", "n": 0}, "input.n", "wanted at least 1", id="too few"),
        pytest.param("chatCompletion", {"content": "x", "n": 1.5}, "input.n", "wanted a whole number", id="not whole"),
        pytest.param("chatCompletion", {"content": "x", "stream": "perhaps"}, "input.stream", "true or false",
                     id="maybe"),
        pytest.param("chatCompletions", {}, "operation", "did you mean chatCompletion?", id="no such operation"),
        pytest.param("completion", {"prompt": "x", "messages": []}, "input.messages",
                     "got a field of chatCompletion, completionsExtension, wanted one of", id="another's field"),
        pytest.param("chatCompletion", {"prompt": "x"}, "input.prompt",
                     "got a field of completion, createImage, transcribeAudio, wanted", id="a field of several"),
        pytest.param("chatCompletion", {"contnt": "x"}, "input.contnt", "did you mean content?", id="a typo"),
        pytest.param("chatCompletion", {"messages": [{"content": "x"}]}, "input.messages[0].role", "got nothing",
                     id="no role"),
        pytest.param("multipleChatCompletions", {"conversations": [[{"content": "x"}]]},
                     "input.conversations[0][0].role", "got nothing", id="no role inside"),
        pytest.param("chatCompletion", {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
                     "input.messages[0].content[0]", "a content part with a type", id="a part without type"),
        pytest.param("chatCompletion", {"content": "x", "images": ["C:/cat.png"]}, "input.images[0]", "wanted a URL",
                     id="an image that is nowhere"),
        pytest.param("transcribeAudio", {}, "input.file", "got nothing", id="no file"),
        pytest.param("transcribeAudio", {"file": {"name": "talk.wav"}}, "input.file.content", "got nothing",
                     id="a file without content"),
        pytest.param("transcribeAudio", {"file": {"content": "recordings/talk.wav"}}, "input.file.content",
                     "the file's bytes as base64", id="a path in place of a file"),
        pytest.param("transcribeAudio", {"file": "talk.wav"}, "input.file", "wanted an object", id="a name for a file"),
        pytest.param("rawRequest", {"path": "files", "files": [{"content": "?"}]}, "input.files[0].content",
                     "a text of",
                     id="a form's file"),
        pytest.param("rawRequest", {"path": "https://evil.example/"}, "input.path", "a path below", id="another host"),
        pytest.param("rawRequest", {"path": "models", "timeout": "10 minutes"}, "input.timeout", "ISO 8601",
                     id="duration"),
        pytest.param("createEmbedding", {"input": []}, "input.input", "a text or a list of at least 1", id="no texts"),
        pytest.param("createEmbedding", {"input": ["a", ""]}, "input.input[1]", "at least 1 character",
                     id="empty text"),
        pytest.param("createSpeech", {"input": "x" * 4097, "voice": "a"}, "input.input", "at most 4096 characters",
                     id="too long"),
        pytest.param("mapData", {"records": [{}], "targetFields": ["a"]}, "input.records[0]", "an object of at least 1",
                     id="an empty record"),
        pytest.param("createImage", {"prompt": "x", "images": [{"name": "a"}]}, "input.images[0].content",
                     "got nothing",
                     id="an image without content"),
    ],
)  # fmt: skip
async def test_it_is_said_before_anything_is_billed(
    operation: str, given: dict[str, Any], path: str, says: str
) -> None:
    """The incident names the path in `azureOpenAI`, what stood there and what would be right."""
    lab = Lab()

    outcome = await lab.run(a_job(a_task(operation=operation, input=given)))

    assert isinstance(outcome, Fail)
    error = json.loads(outcome.variables)["error"]
    assert lab.service.asked == []
    assert (error["code"], error["reason"], outcome.retries) == ("INVALID_INPUT", "INVALID_INPUT", 0)
    assert error["message"].startswith(f"{path}: got ")
    assert says in error["message"]


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
async def test_every_operation_knows_its_own_fields(operation: str) -> None:
    """None passes over a field that it does not have: it would be ignored, and the author would not know."""
    lab = Lab()

    outcome = await lab.run(a_job(a_task(operation=operation, input={"nonsense": 1})))

    assert isinstance(outcome, Fail)
    assert lab.service.asked == []
    assert json.loads(outcome.variables)["error"]["message"].startswith("input.")
