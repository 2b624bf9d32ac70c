import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import a_reply
from tests.rooms.operations.conversing import conversation, first_call, result
from worker.errors import InvalidResponse
from worker.operations.create_embedding import EmbeddingInput
from worker.wire import Reply


def embeddings(*vectors: Any, order: int = 1) -> Reply:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)][::order]
    usage = {"prompt_tokens": len(vectors), "total_tokens": len(vectors)}
    return a_reply(body={"object": "list", "data": data, "model": "text-embedding-3-small", "usage": usage})


def test_what_is_asked() -> None:
    """A text, and the parameters under the API's names."""
    call = first_call("createEmbedding", {"input": "a", "dimensions": 8, "encodingFormat": "base64"})

    assert call.path == "embeddings"
    assert json.loads(call.body) == {"input": "a", "dimensions": 8, "encoding_format": "base64"}


def test_a_single_text() -> None:
    """Its vector is at hand, and the service's reply stays as it came."""
    reply = embeddings([0.1, 1.10])

    got = result("createEmbedding", {"input": "a"}, reply)

    assert got.reply is reply
    answer: Any = got.answer
    assert json.loads(bytes(answer.embedding)) == [0.1, 1.1]
    assert answer.usage.input_tokens == 1
    assert answer.cost == pytest.approx(0.02e-6)


def test_many_texts_are_asked_for_in_batches() -> None:
    """Their vectors are joined in the order of the texts, whatever the order of the answer."""
    given = {"input": ["a", "b", "c"], "batchSize": 2}
    batch = next(conversation("createEmbedding", given))

    got = result("createEmbedding", given, embeddings([1], [2], order=-1), embeddings([3]))

    assert [json.loads(call.body)["input"] for call in batch.calls] == [["a", "b"], ["c"]]
    assert json.loads(got.reply.body) == {
        "object": "list",
        "data": [{"object": "embedding", "index": n, "embedding": [n + 1]} for n in range(3)],
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    }
    answer: Any = got.answer
    assert json.loads(bytes(answer.embedding)) is None


def test_batches_have_a_size_in_tokens_too() -> None:
    """The service takes so many tokens in a request, however few the texts are."""
    long = "x" * 600_000

    batch = next(conversation("createEmbedding", {"input": [long, long, "a"]}))

    assert [len(json.loads(call.body)["input"]) for call in batch.calls] == [1, 2]


@pytest.mark.parametrize(
    ("given", "body"),
    [
        pytest.param("a", "<html>", id="html"),
        pytest.param("a", "{}", id="no data"),
        pytest.param(["a", "b"], {"data": [{"index": 0, "embedding": []}]}, id="too few"),
        pytest.param("a", {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}, id="too many"),
        pytest.param(["a", "b"], {"data": [{"index": 0, "embedding": []}] * 2}, id="one twice"),
        pytest.param("a", b'{"data": [{"index": 0, "embedding": "\xff"}]}', id="not UTF-8"),
    ],
)
def test_what_is_no_answer(given: Any, body: Any) -> None:
    """A vector is never given to another text."""
    with pytest.raises(InvalidResponse):
        result("createEmbedding", {"input": given}, a_reply(body=body))


@pytest.mark.parametrize(
    "given",
    [{}, {"input": []}, {"input": ["a", ""]}, {"input": "a", "batchSize": 3_000}, {"input": "a", "dimensions": 0}],
)
def test_limits(given: dict[str, object]) -> None:
    """What the service would refuse is an error of the task."""
    with pytest.raises(ValidationError):
        EmbeddingInput.model_validate(given)
