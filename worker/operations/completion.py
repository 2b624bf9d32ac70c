"""`completion`: legacy text completion."""

from typing import Annotated, ClassVar

from pydantic import Field

from worker.hints import Hint
from worker.operations.hints import STREAM
from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling, streaming
from worker.operations.reading import read_completion
from worker.wire import Call, Reply

__all__ = ["COMPLETION", "CompletionInput"]


class CompletionInput(Sampling):
    """A prompt, or several, to be continued."""

    not_sent: ClassVar = frozenset({"stream"})

    prompt: Annotated[str | Annotated[list[str], Field(min_length=1)], Hint("The text to be continued", long=True)]
    best_of: Annotated[
        Annotated[int, Field(ge=0, le=20)] | None,
        Hint("Of how many drafts the best is taken; each one costs", group="sampling"),
    ] = None
    echo: Annotated[bool | None, Hint("Whether the prompt comes back too", group="answer")] = None
    logprobs: Annotated[
        Annotated[int, Field(ge=0, le=5)] | None,
        Hint("For how many tokens, up to 5", label="Number of log probabilities", group="advanced"),
    ] = None
    suffix: Annotated[str | None, Hint("What comes after the text that is filled in", long=True)] = None
    stream: Annotated[bool, STREAM] = False


def _build(given: CompletionInput, asking: Asking) -> Call:
    parameters = {**given.api_parameters(), **(streaming(asking.target) if given.stream else {})}
    return post("completions", parameters, asking)


def _read(reply: Reply, _given: CompletionInput) -> Answer:
    return read_completion(reply)


COMPLETION = Operation(
    name="completion", summary="Legacy text completion", input=CompletionInput, converse=once(_build, _read)
)
