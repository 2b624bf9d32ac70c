"""`chatCompletion`: a conversation, answered."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.operations.chat import (
    AnswerFormat,
    Content,
    Image,
    JsonSchema,
    Message,
    Role,
    Tool,
    ToolChoice,
    as_response_format,
    as_tool_choice,
    content_with_images,
    schema_of,
)
from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling, one_token_limit, streaming
from worker.operations.reading import read_completion
from worker.wire import Call, Reply, Target

__all__ = ["CHAT_COMPLETION", "ChatInput", "ChatParameters", "chat_parameters", "read_chat", "spoken_parameters"]

JsonObject = dict[str, JsonValue]


class ChatParameters(Sampling):
    """
    How a chat is answered, whatever is said in it.

    *max_tokens* is for older models, *max_completion_tokens* for reasoning models, which refuse the other: a
    deployment's name does not tell which model lies behind it, so neither is guessed. *json_schema* is the short way to
    a `response_format`.
    """

    not_sent: ClassVar = frozenset({"system_prompt", "json_schema", "response_format", "tool_choice", "stream"})

    system_prompt: str | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    response_format: AnswerFormat | None = None
    json_schema: JsonSchema | None = None
    tools: Annotated[list[Tool], Field(min_length=1, max_length=128)] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: Annotated[list[JsonObject], Field(min_length=1, max_length=128)] | None = None
    function_call: Literal["none", "auto"] | JsonObject | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    store: bool | None = None
    metadata: Annotated[dict[str, str], Field(max_length=16)] | None = None
    modalities: Annotated[list[Literal["text", "audio"]], Field(min_length=1)] | None = None
    audio: JsonObject | None = None
    prediction: JsonObject | None = None
    user_security_context: JsonObject | None = None
    stream: bool = False

    @model_validator(mode="after")
    def _one_token_limit(self) -> "ChatParameters":
        one_token_limit(self.max_tokens, self.max_completion_tokens)
        return self

    @model_validator(mode="after")
    def _one_format(self) -> "ChatParameters":
        if self.response_format is not None and self.json_schema is not None:
            raise PydanticCustomError("two_formats", "either responseFormat or jsonSchema, not both")
        return self

    @model_validator(mode="after")
    def _a_tool_to_choose(self) -> "ChatParameters":
        if self.tool_choice is not None:
            as_tool_choice(self.tool_choice, self.tools or ())
        return self

    @property
    def answer_format(self) -> AnswerFormat | None:
        """The form that the answer is to have, in the API's own shape."""
        return as_response_format(self.json_schema) if self.json_schema is not None else self.response_format


class ChatInput(ChatParameters):
    """
    The messages, in this order: *system_prompt*, *messages* (what was said before), then *content* as *role*.

    *images* go with *content*.
    """

    not_sent: ClassVar = ChatParameters.not_sent | {"messages", "role", "content", "images"}

    messages: list[Message] | None = None
    role: Role = "user"
    content: Content | None = None
    images: Annotated[list[Image], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _something_to_say(self) -> "ChatInput":
        if self.content is None and not self.messages and not self.images:
            raise PydanticCustomError("nothing_to_say", "content, images, or a list of messages that is not empty")
        return self


def chat_parameters(given: ChatInput, target: Target) -> dict[str, object]:
    """The API's parameters of a chat, `messages` first."""
    content = content_with_images(given.content, given.images or ())
    last = [Message(role=given.role, content=content)] if content is not None else []
    return spoken_parameters(given, [*(given.messages or ()), *last], target)


def spoken_parameters(given: ChatParameters, messages: list[Message], target: Target) -> dict[str, object]:
    """The API's parameters for *messages*, the system prompt before them."""
    system = [{"role": "system", "content": given.system_prompt}] if given.system_prompt else []
    said = [message.model_dump(exclude_unset=True) for message in messages]
    parameters: dict[str, object] = {"messages": [*system, *said], **given.api_parameters()}
    if (form := given.answer_format) is not None:
        parameters["response_format"] = form
    if given.tool_choice is not None:
        parameters["tool_choice"] = as_tool_choice(given.tool_choice, given.tools or ())
    return {**parameters, **(streaming(target) if given.stream else {})}


def read_chat(reply: Reply, given: ChatParameters) -> Answer:
    """The answer in a chat's reply; its text is parsed, and checked, where a JSON format was asked for."""
    form = given.answer_format or {}
    return read_completion(
        reply, json_wanted=form.get("type") in {"json_object", "json_schema"}, schema=schema_of(form)
    )


def _build(given: ChatInput, asking: Asking) -> Call:
    return post("chat/completions", chat_parameters(given, asking.target), asking)


CHAT_COMPLETION = Operation(
    name="chatCompletion", summary="Chat completion", input=ChatInput, converse=once(_build, read_chat)
)
