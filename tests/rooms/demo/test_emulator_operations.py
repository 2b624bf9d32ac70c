"""Text completions and embeddings."""

import base64
import math
import struct

import pytest

from tests.rooms.demo.conftest import Caller

COMPLETIONS = "/openai/deployments/gpt-35-turbo-instruct/completions?api-version=2024-10-21"
EMBEDDINGS = "/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21"


async def test_completion(caller: Caller) -> None:
    """A completion is short by default and echoes its prompt when asked to."""
    answer = (await caller.post(COMPLETIONS, {"prompt": "Hi", "echo": True})).json

    assert ("text_completion", "length") == (answer["object"], answer["choices"][0]["finish_reason"])
    assert answer["choices"][0]["text"].startswith("Hi\n\nYou asked")
    assert 16 == answer["usage"]["completion_tokens"]


async def test_several_prompts(caller: Caller) -> None:
    """Each prompt gets as many choices as asked for."""
    answer = (await caller.post(COMPLETIONS, {"prompt": ["a", "b"], "n": 2})).json

    assert [0, 1, 2, 3] == [choice["index"] for choice in answer["choices"]]
    assert 2 == len(answer["prompt_filter_results"])


@pytest.mark.parametrize("prompt", [7, [], ["a", 7]])
async def test_prompt_must_be_text(caller: Caller, prompt: object) -> None:
    """What is no text is refused."""
    assert "prompt" == (await caller.post(COMPLETIONS, {"prompt": prompt})).error["param"]


async def test_embeddings(caller: Caller) -> None:
    """A text has one vector of length 1, in either encoding."""
    plain = (await caller.post(EMBEDDINGS, {"input": ["a", "b"], "dimensions": 8})).json["data"]
    packed = (await caller.post(EMBEDDINGS, {"input": "a", "dimensions": 8, "encoding_format": "base64"})).json["data"]
    unpacked = struct.unpack("<8f", base64.b64decode(packed[0]["embedding"]))

    assert plain[0]["embedding"] == pytest.approx(unpacked)
    assert plain[0]["embedding"] != plain[1]["embedding"]
    assert 1 == pytest.approx(math.hypot(*plain[1]["embedding"]))


@pytest.mark.parametrize("body", [{}, {"input": ""}, {"input": []}, {"input": [1]}])
async def test_embeddings_need_text(caller: Caller, body: dict[str, object]) -> None:
    """What is no text is refused."""
    assert 400 == (await caller.post(EMBEDDINGS, body)).status
