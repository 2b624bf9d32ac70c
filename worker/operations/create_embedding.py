"""`createEmbedding`: texts to vectors, in as many calls as their number needs."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from pydantic import Field

from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint
from worker.operations.hints import CONCURRENCY, END_USER
from worker.operations.model import (
    NULL,
    Answer,
    Asking,
    Batch,
    Conversation,
    InputModel,
    Operation,
    Result,
    Usage,
    post,
)
from worker.operations.output import assembled, total_cost, total_usage
from worker.operations.splitting import estimated_tokens
from worker.wire import Reply

__all__ = ["CREATE_EMBEDDING", "EmbeddingInput"]

_MOST_TEXTS: Final = 2_048  # of one request, by Azure's contract
_MOST_TOKENS: Final = 250_000  # of one request; the service takes 300,000 of its own, and ours are an estimate

Text = Annotated[str, Field(min_length=1)]


class EmbeddingInput(InputModel):
    """
    A text, or texts in a list.

    More than *batch_size* texts, or than the service takes, are asked for in several calls, *concurrency* at a time.
    """

    not_sent: ClassVar = frozenset({"input", "batch_size", "concurrency"})

    input: Annotated[
        Text | Annotated[list[Text], Field(min_length=1, max_length=100_000)],
        Hint("The text, or with FEEL a list of texts", label="Text", long=True),
    ]
    dimensions: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Hint("How many numbers a vector has; the model's own by default", group="answer"),
    ] = None
    encoding_format: Annotated[Literal["float", "base64"] | None, Hint("How the numbers travel", group="answer")] = None
    input_type: Annotated[
        str | None, Hint("What the text is for, with models that ask", placeholder="query", group="advanced")
    ] = None
    user: Annotated[str | None, END_USER] = None
    batch_size: Annotated[
        Annotated[int, Field(ge=1, le=_MOST_TEXTS)], Hint("How many texts go in one call", group="advanced")
    ] = _MOST_TEXTS
    concurrency: Annotated[Annotated[int, Field(ge=1, le=50)], CONCURRENCY] = 4


class _Vector(msgspec.Struct, frozen=True):
    embedding: msgspec.Raw
    index: int
    object: str = "embedding"


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    total_tokens: int = 0


class _Embeddings(msgspec.Struct, frozen=True):
    data: list[_Vector]
    object: str = "list"
    model: str | None = None
    usage: _Usage | None = None


class _Answer(Answer, frozen=True, rename="camel", kw_only=True):
    """*embedding* is the vector of a single text, null where there are several: those stand in the body's `data`."""

    embedding: msgspec.Raw = NULL
    count: int = 0


_decode = msgspec.json.Decoder(_Embeddings).decode


def _converse(given: EmbeddingInput, asking: Asking) -> Conversation:
    if isinstance(given.input, str):
        asked: list[str | Sequence[str]] = [given.input]
    else:
        asked = list(_batches(given.input, given.batch_size))
    calls = [post("embeddings", {"input": part, **given.api_parameters()}, asking) for part in asked]
    told = yield Batch(calls=calls, concurrency=given.concurrency)
    replies = [_reply(reply) for reply in told]
    read = [_read(reply, 1 if isinstance(part, str) else len(part)) for reply, part in zip(replies, asked, strict=True)]
    vectors = [vector.embedding for part in read for vector in part.data]
    reply = replies[0] if len(replies) == 1 else assembled(replies, _joined(read, vectors))
    return Result(_answer(read, vectors), reply)


def _batches(texts: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    tokens = 0
    for text in texts:
        size = estimated_tokens(text)
        if batch and (len(batch) == most or tokens + size > _MOST_TOKENS):
            yield batch
            batch, tokens = [], 0
        batch.append(text)
        tokens += size
    yield batch


def _reply(told: Reply | ConnectorError) -> Reply:
    if isinstance(told, ConnectorError):
        raise told
    return told


def _read(reply: Reply, count: int) -> _Embeddings:
    """The vectors in the order of their texts. Raises InvalidResponse when they are not as many as *count*."""
    try:
        reply.body.decode()  # msgspec copies raw parts without looking at their encoding
        found = _decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(
            f"the answer is no list of embeddings: {cause}; check the endpoint", reply=reply
        ) from cause
    if sorted(vector.index for vector in found.data) != list(range(count)):
        raise InvalidResponse(f"{count} texts were sent, embeddings of {len(found.data)} came back", reply=reply)
    return msgspec.structs.replace(found, data=sorted(found.data, key=lambda vector: vector.index))


def _joined(read: Sequence[_Embeddings], vectors: Sequence[msgspec.Raw]) -> _Embeddings:
    usages = [part.usage or _Usage() for part in read]
    return _Embeddings(
        data=[_Vector(vector, index) for index, vector in enumerate(vectors)],
        model=read[0].model,
        usage=_Usage(sum(one.prompt_tokens for one in usages), sum(one.total_tokens for one in usages)),
    )


def _answer(read: Sequence[_Embeddings], vectors: Sequence[msgspec.Raw]) -> _Answer:
    parts = [Answer(model=part.model, usage=_usage(part.usage)) for part in read]
    return _Answer(
        embedding=vectors[0] if len(vectors) == 1 else NULL,
        count=len(vectors),
        model=read[0].model,
        usage=total_usage(parts),
        cost=total_cost(parts),
    )


def _usage(usage: _Usage | None) -> Usage | None:
    return Usage(input_tokens=usage.prompt_tokens, total_tokens=usage.total_tokens) if usage else None


CREATE_EMBEDDING = Operation(
    name="createEmbedding", summary="Embeddings of texts", input=EmbeddingInput, converse=_converse
)
