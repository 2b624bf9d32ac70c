"""`completion`: legacy text completion."""

from typing import Annotated

from pydantic import Field

from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling
from worker.operations.reading import read_completion
from worker.wire import Call, Reply

__all__ = ["COMPLETION", "CompletionInput"]


class CompletionInput(Sampling):
    """A prompt, or several, to be continued."""

    prompt: str | Annotated[list[str], Field(min_length=1)]
    best_of: Annotated[int, Field(ge=0, le=20)] | None = None
    echo: bool | None = None
    logprobs: Annotated[int, Field(ge=0, le=5)] | None = None
    suffix: str | None = None


def _build(given: CompletionInput, asking: Asking) -> Call:
    return post("completions", given.api_parameters(), asking)


def _read(reply: Reply, _given: CompletionInput) -> Answer:
    return read_completion(reply)


COMPLETION = Operation(
    name="completion", summary="Legacy text completion", input=CompletionInput, converse=once(_build, _read)
)
