"""What the ready-made text operations share: a few parameters, and one chat call from a few messages."""

from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, model_validator

from worker.operations.hints import (
    EFFORT,
    END_USER,
    MOST_COMPLETION_TOKENS,
    MOST_TOKENS,
    SEED,
    STREAM,
    TEMPERATURE,
    TOP_P,
)
from worker.operations.model import Asking, InputModel, post
from worker.operations.parameters import Probability, Temperature, one_token_limit, streaming
from worker.wire import Call

__all__ = ["Brief", "chat_call", "spoken"]


class Brief(InputModel):
    """How the answer is drawn. What is not given is left to the deployment."""

    not_sent: ClassVar = frozenset({"stream"})

    max_tokens: Annotated[Annotated[int, Field(ge=1)] | None, MOST_TOKENS] = None
    max_completion_tokens: Annotated[Annotated[int, Field(ge=1)] | None, MOST_COMPLETION_TOKENS] = None
    temperature: Annotated[Temperature | None, TEMPERATURE] = None
    top_p: Annotated[Probability | None, TOP_P] = None
    seed: Annotated[int | None, SEED] = None
    user: Annotated[str | None, END_USER] = None
    reasoning_effort: Annotated[str | None, EFFORT] = None
    stream: Annotated[bool, STREAM] = False

    @model_validator(mode="after")
    def _one_token_limit(self) -> "Brief":
        one_token_limit(self.max_tokens, self.max_completion_tokens)
        return self


def spoken(role: str, content: str) -> dict[str, str]:
    """One message."""
    return {"role": role, "content": content}


def chat_call(
    given: Brief, messages: list[dict[str, str]], asking: Asking, response_format: JsonValue | None = None
) -> Call:
    """The call that says *messages*."""
    parameters: dict[str, object] = {"messages": messages, **given.api_parameters()}
    if response_format is not None:
        parameters["response_format"] = response_format
    if given.stream:
        parameters |= streaming(asking.target)
    return post("chat/completions", parameters, asking)
