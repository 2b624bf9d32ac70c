"""The parameters that the operations of the completion family share, with the ranges of Azure's OpenAPI."""

from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from worker.hints import Hint
from worker.operations.hints import END_USER, MOST_TOKENS, SEED, TEMPERATURE, TOP_P
from worker.operations.model import InputModel
from worker.wire import Target

__all__ = ["LogitBias", "Probability", "Sampling", "Stop", "Temperature", "one_token_limit", "streaming"]

_FIRST_WITH_OPTIONS = "2024-09-01"  # before it, `stream_options` is refused and a stream does not count its tokens

LogitBias = dict[str, Annotated[float, Field(ge=-100, le=100)]]
Probability = Annotated[float, Field(ge=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Stop = str | Annotated[list[str], Field(min_length=1, max_length=4)]


class Sampling(InputModel):
    """How the model draws its answer. What is not given is left to the deployment."""

    max_tokens: Annotated[Annotated[int, Field(ge=0)] | None, MOST_TOKENS] = None
    temperature: Annotated[Temperature | None, TEMPERATURE] = None
    top_p: Annotated[Probability | None, TOP_P] = None
    n: Annotated[
        Annotated[int, Field(ge=1, le=128)] | None,
        Hint("How many answers are drawn; each one costs", label="Number of answers", group="sampling"),
    ] = None
    stop: Annotated[
        Stop | None, Hint("A text at which the answer ends, or a list of up to four", label="Stop at", group="sampling")
    ] = None
    presence_penalty: Annotated[
        Penalty | None, Hint("From -2 to 2: above 0 the answer turns to new topics", group="sampling")
    ] = None
    frequency_penalty: Annotated[
        Penalty | None, Hint("From -2 to 2: above 0 the answer repeats itself less", group="sampling")
    ] = None
    logit_bias: Annotated[
        LogitBias | None, Hint("From -100 to 100 for each token id", placeholder='{"50256": -100}', group="advanced")
    ] = None
    seed: Annotated[int | None, SEED] = None
    user: Annotated[str | None, END_USER] = None


def one_token_limit(max_tokens: int | None, max_completion_tokens: int | None) -> None:
    """Raise PydanticCustomError where both limits are given: for use in a validator."""
    if max_tokens is not None and max_completion_tokens is not None:
        raise PydanticCustomError(
            "two_limits", "either maxTokens (older models) or maxCompletionTokens (reasoning models), not both"
        )


def streaming(target: Target) -> dict[str, object]:
    """The parameters that ask *target* for a stream, with its usage at the end where it can have one."""
    version = target.api_version
    counts = version is None or not version[:1].isdigit() or version >= _FIRST_WITH_OPTIONS
    return {"stream": True, **({"stream_options": {"include_usage": True}} if counts else {})}
