"""`chatCompletion`: a conversation, answered."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling
from worker.operations.reading import read_completion
from worker.wire import Call, Reply

__all__ = ["CHAT_COMPLETION", "ChatInput", "Message", "Role", "chat_parameters", "read_chat"]

Role = Literal["developer", "system", "user", "assistant", "tool", "function"]
JsonObject = dict[str, JsonValue]
Content = str | Annotated[list[JsonObject], Field(min_length=1)]


class Message(BaseModel):
    """One message of a conversation, in the API's own shape; what is not named here is passed on."""

    model_config = ConfigDict(frozen=True, extra="allow")

    role: Role
    content: Content | None = None


class ChatInput(Sampling):
    """
    The messages, in this order: *system_prompt*, *messages* (what was said before), then *content* as *role*.

    *max_tokens* is for older models, *max_completion_tokens* for reasoning models, which refuse the other: a
    deployment's name does not tell which model lies behind it, so neither is guessed.
    """

    not_sent: ClassVar = frozenset({"system_prompt", "messages", "role", "content"})

    system_prompt: str | None = None
    messages: list[Message] | None = None
    role: Role = "user"
    content: Content | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    response_format: JsonObject | None = None
    tools: Annotated[list[JsonObject], Field(min_length=1, max_length=128)] | None = None
    tool_choice: Literal["none", "auto", "required"] | JsonObject | None = None
    parallel_tool_calls: bool | None = None
    functions: Annotated[list[JsonObject], Field(min_length=1, max_length=128)] | None = None
    function_call: Literal["none", "auto"] | JsonObject | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    store: bool | None = None
    metadata: Annotated[dict[str, str], Field(max_length=16)] | None = None
    modalities: list[Literal["text", "audio"]] | None = None
    audio: JsonObject | None = None
    prediction: JsonObject | None = None
    user_security_context: JsonObject | None = None

    @model_validator(mode="after")
    def _something_to_say(self) -> "ChatInput":
        if self.content is None and not self.messages:
            raise PydanticCustomError("nothing_to_say", "content, or a list of messages that is not empty")
        return self

    @model_validator(mode="after")
    def _one_token_limit(self) -> "ChatInput":
        if self.max_tokens is not None and self.max_completion_tokens is not None:
            raise PydanticCustomError(
                "two_limits", "either maxTokens (older models) or maxCompletionTokens (reasoning models), not both"
            )
        return self


def chat_parameters(given: ChatInput) -> dict[str, object]:
    """The API's parameters of a chat, `messages` first."""
    before = [message.model_dump(exclude_unset=True) for message in given.messages or ()]
    system = [{"role": "system", "content": given.system_prompt}] if given.system_prompt else []
    last = [{"role": given.role, "content": given.content}] if given.content is not None else []
    return {"messages": [*system, *before, *last], **given.api_parameters()}


def read_chat(reply: Reply, given: ChatInput) -> Answer:
    """The answer in a chat's reply; its text is parsed where a JSON format was asked for."""
    wanted = (given.response_format or {}).get("type")
    return read_completion(reply, json_wanted=wanted in {"json_object", "json_schema"})


def _build(given: ChatInput, asking: Asking) -> Call:
    return post("chat/completions", chat_parameters(given), asking)


CHAT_COMPLETION = Operation(
    name="chatCompletion", summary="Chat completion", input=ChatInput, converse=once(_build, read_chat)
)
