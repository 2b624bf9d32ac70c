"""`chatCompletion`: a conversation, answered."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.hints import Hint, Pick
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
from worker.operations.hints import EFFORT, METADATA, MOST_COMPLETION_TOKENS, PARALLEL_TOOLS, STORE, STREAM, TOOLS
from worker.operations.model import Answer, Asking, Operation, once, post
from worker.operations.parameters import Sampling, one_token_limit, streaming
from worker.operations.reading import read_completion
from worker.wire import Call, Reply, Target

__all__ = ["CHAT_COMPLETION", "ChatInput", "ChatParameters", "chat_parameters", "read_chat", "spoken_parameters"]

JsonObject = dict[str, JsonValue]


_FORMAT = Pick(
    "answerFormat", "Answer", {"text": "Text", "jsonObject": "Any JSON object", "jsonSchema": "JSON of a schema"}
)


class ChatParameters(Sampling):
    """
    How a chat is answered, whatever is said in it.

    *max_tokens* is for older models, *max_completion_tokens* for reasoning models, which refuse the other: a
    deployment's name does not tell which model lies behind it, so neither is guessed. *json_schema* is the short way to
    a `response_format`.
    """

    not_sent: ClassVar = frozenset({"system_prompt", "json_schema", "response_format", "tool_choice", "stream"})

    system_prompt: Annotated[str | None, Hint("Who the model is and how it answers", long=True)] = None
    max_completion_tokens: Annotated[Annotated[int, Field(ge=1)] | None, MOST_COMPLETION_TOKENS] = None
    response_format: Annotated[
        AnswerFormat | None, Hint(group="answer", when=(_FORMAT, "jsonObject"), fixed="json_object")
    ] = None
    json_schema: Annotated[
        JsonSchema | None,
        Hint("What result.output.json has to look like", group="answer", when=(_FORMAT, "jsonSchema"), needed=True),
    ] = None
    tools: Annotated[Annotated[list[Tool], Field(min_length=1, max_length=128)] | None, TOOLS] = None
    tool_choice: Annotated[
        ToolChoice | None, Hint("auto, none, required, or the name of a tool", placeholder="auto", group="tools")
    ] = None
    parallel_tool_calls: Annotated[bool | None, PARALLEL_TOOLS] = None
    functions: Annotated[
        Annotated[list[JsonObject], Field(min_length=1, max_length=128)] | None,
        Hint("Deprecated by tools", group="tools", feel=True),
    ] = None
    function_call: Annotated[
        Literal["none", "auto"] | JsonObject | None, Hint("Deprecated by the tool choice", group="tools", feel=True)
    ] = None
    reasoning_effort: Annotated[str | None, EFFORT] = None
    verbosity: Annotated[
        str | None, Hint("How much the model says: low, medium or high", placeholder="medium", group="sampling")
    ] = None
    logprobs: Annotated[
        bool | None,
        Hint("Whether the probability of each token comes back", label="Log probabilities", group="advanced"),
    ] = None
    top_logprobs: Annotated[
        Annotated[int, Field(ge=0, le=20)] | None,
        Hint("Of how many other tokens too, up to 20", label="Top log probabilities", group="advanced"),
    ] = None
    store: Annotated[bool | None, STORE] = None
    metadata: Annotated[Annotated[dict[str, str], Field(max_length=16)] | None, METADATA] = None
    modalities: Annotated[
        Annotated[list[Literal["text", "audio"]], Field(min_length=1)] | None,
        Hint("Text, audio or both", placeholder='["text", "audio"]', group="advanced"),
    ] = None
    audio: Annotated[JsonObject | None, Hint("Voice and format of a spoken answer", group="advanced")] = None
    prediction: Annotated[
        JsonObject | None, Hint("What much of the answer will look like, to get it sooner", group="advanced")
    ] = None
    user_security_context: Annotated[JsonObject | None, Hint("For Microsoft Defender for Cloud", group="advanced")] = (
        None
    )
    stream: Annotated[bool, STREAM] = False

    @model_validator(mode="after")
    def _without_contradictions(self) -> "ChatParameters":
        one_token_limit(self.max_tokens, self.max_completion_tokens)
        if self.response_format is not None and self.json_schema is not None:
            raise PydanticCustomError("two_formats", "either responseFormat or jsonSchema, not both")
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

    content: Annotated[
        Content | None,
        Hint(
            "What is said to the model now; the expression null where the messages so far end with it",
            label="Message",
            long=True,
            needed=True,
        ),
    ] = None
    role: Annotated[Role, Hint("Who says it")] = "user"
    messages: Annotated[
        list[Message] | None,
        Hint(
            "What was said before: a list of {role, content}",
            label="Messages so far",
            placeholder='[{"role": "user", "content": "Hello"}]',
        ),
    ] = None
    images: Annotated[
        Annotated[list[Image], Field(min_length=1, max_length=50)] | None,
        Hint("A list of URLs, or of {data, mediaType} in base64", group="advanced"),
    ] = None

    @model_validator(mode="after")
    def _something_to_say(self) -> "ChatInput":
        if self.content is None and not self.messages and not self.images:
            raise PydanticCustomError("nothing_to_say", "content, images, or a list of messages that is not empty")
        return self


def chat_parameters(given: ChatInput, target: Target) -> dict[str, object]:
    """The API's parameters of a chat, `messages` first."""
    content = content_with_images(given.content, given.images or ())
    said: list[dict[str, object]] = [message.as_sent() for message in given.messages or ()]
    if content is not None:
        said.append({"role": given.role, "content": content})
    return spoken_parameters(given, said, target)


def spoken_parameters(given: ChatParameters, said: Sequence[object], target: Target) -> dict[str, object]:
    """The API's parameters for the messages *said*, the system prompt before them."""
    system = [{"role": "system", "content": given.system_prompt}] if given.system_prompt else []
    parameters: dict[str, object] = {"messages": [*system, *said], **given.api_parameters()}
    if (form := given.answer_format) is not None:
        parameters["response_format"] = form
    if given.tool_choice is not None:
        parameters["tool_choice"] = as_tool_choice(given.tool_choice, given.tools or ())
    return {**parameters, **(streaming(target) if given.stream else {})}


def read_chat(reply: Reply, given: ChatParameters) -> Answer:
    """The answer in a chat's reply; its text is parsed, and checked, where a JSON format was asked for."""
    form = given.answer_format
    if form is None:
        return read_completion(reply)
    return read_completion(
        reply, json_wanted=form.get("type") in {"json_object", "json_schema"}, schema=schema_of(form)
    )


def _build(given: ChatInput, asking: Asking) -> Call:
    return post("chat/completions", chat_parameters(given, asking.target), asking)


CHAT_COMPLETION = Operation(
    name="chatCompletion",
    summary="A conversation, answered: as text, tool calls or checked JSON",
    input=ChatInput,
    converse=once(_build, read_chat),
)
