"""`completion`: legacy text completion."""

from typing import Annotated, ClassVar

from pydantic import Field

from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling, streaming
from worker.operations.reading import read_completion
from worker.wire import Call, Reply

__all__ = ["COMPLETION", "CompletionInput"]


class CompletionInput(Sampling):
    """A prompt, or several, to be continued."""

    not_sent: ClassVar = frozenset({"stream"})

    prompt: str | Annotated[list[str], Field(min_length=1)]
    best_of: Annotated[int, Field(ge=0, le=20)] | None = None
    echo: bool | None = None
    logprobs: Annotated[int, Field(ge=0, le=5)] | None = None
    suffix: str | None = None
    stream: bool = False


def _build(given: CompletionInput, asking: Asking) -> Call:
    parameters = {**given.api_parameters(), **(streaming(asking.target) if given.stream else {})}
    return post("completions", parameters, asking)


def _read(reply: Reply, _given: CompletionInput) -> Answer:
    return read_completion(reply)


COMPLETION = Operation(
    name="completion", summary="Legacy text completion", input=CompletionInput, converse=once(_build, _read)
)
