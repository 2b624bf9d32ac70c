"""`multipleChatCompletions`: one chat for each prompt or conversation, side by side, the results in order."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import ConnectorError, ContentFiltered
from worker.hints import Hint, Pick
from worker.operations.chat import Content, Message
from worker.operations.chat_completion import ChatParameters, read_chat, spoken_parameters
from worker.operations.hints import CONCURRENCY
from worker.operations.model import NULL, Answer, Asking, Batch, ContentFilter, Conversation, Operation, Result, post
from worker.operations.output import assembled, output_of, total_cost, total_usage
from worker.operations.verdicts import overall, verdict_in
from worker.wire import Reply, Target

__all__ = ["MULTIPLE_CHAT_COMPLETIONS", "MultipleChatInput"]


_EACH = Pick("each", "For each of", {"prompts": "Prompts", "conversations": "Conversations"})


class MultipleChatInput(ChatParameters):
    """
    Either *prompts* or *conversations*; all else goes for each of them.

    At most *concurrency* calls run at a time. With *partial_results*, a call that fails leaves its error in its place
    and the task succeeds, unless all of them fail; without, the first failure is the task's.
    """

    not_sent: ClassVar = ChatParameters.not_sent | {"prompts", "conversations", "concurrency", "partial_results"}

    prompts: Annotated[
        Annotated[list[Content], Field(min_length=1, max_length=1_000)] | None,
        Hint(
            "A list of texts; each one is asked on its own",
            placeholder='["First?", "Second?"]',
            when=(_EACH, "prompts"),
            needed=True,
        ),
    ] = None
    conversations: Annotated[
        Annotated[list[Annotated[list[Message], Field(min_length=1)]], Field(min_length=1, max_length=1_000)] | None,
        Hint(
            "A list of lists of {role, content}",
            placeholder='[[{"role": "user", "content": "First?"}]]',
            when=(_EACH, "conversations"),
            needed=True,
        ),
    ] = None
    concurrency: Annotated[Annotated[int, Field(ge=1, le=50)], CONCURRENCY] = 5
    partial_results: Annotated[bool, Hint("A chat that fails leaves its error in its place, and the task goes on")] = (
        False
    )

    @model_validator(mode="after")
    def _one_source(self) -> "MultipleChatInput":
        if (self.prompts is None) == (self.conversations is None):
            raise PydanticCustomError("one_source", "either prompts or conversations")
        return self

    def all_messages(self) -> Iterator[list[Message]]:
        """The messages of each chat."""
        yield from self.conversations or ()
        yield from ([Message(role="user", content=prompt)] for prompt in self.prompts or ())


class _Failure(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    code: str
    reason: str
    message: str
    content_filter: ContentFilter | None = None


class _Element(msgspec.Struct, frozen=True):
    """What came of one chat; *status* is None where no answer came."""

    status: int | None
    body: msgspec.Raw | str | None = None
    output: msgspec.Raw = NULL
    error: _Failure | None = None


class _Body(msgspec.Struct, frozen=True):
    results: list[_Element]


class _Answers(Answer, frozen=True, rename="camel", kw_only=True):
    """*texts* holds the text of each chat, null where it has none; *failed* counts those that failed."""

    texts: list[msgspec.Raw]
    failed: int


def _converse(given: MultipleChatInput, asking: Asking) -> Conversation:
    said = [[message.as_sent() for message in messages] for messages in given.all_messages()]
    chats = [spoken_parameters(given, messages, asking.target) for messages in said]
    told = yield Batch(
        calls=[post("chat/completions", parameters, asking) for parameters in chats],
        concurrency=given.concurrency,
        tolerates=(ConnectorError,) if given.partial_results else (),
    )
    return _result(told, [_read(reply, given) for reply in told], asking.target)


def _read(reply: Reply | ConnectorError, given: MultipleChatInput) -> Answer | ConnectorError:
    if isinstance(reply, ConnectorError):
        return reply
    try:
        return read_chat(reply, given)
    except ConnectorError as error:
        if not given.partial_results:
            raise
        return error


def _result(told: Sequence[Reply | ConnectorError], read: Sequence[Answer | ConnectorError], target: Target) -> Result:
    answers = [answer for answer in read if isinstance(answer, Answer)]
    errors = [answer for answer in read if isinstance(answer, ConnectorError)]
    if not answers:
        raise errors[0]
    answer = _Answers(
        texts=[answer.text if isinstance(answer, Answer) else NULL for answer in read],
        failed=len(errors),
        content_filter=overall([answer.content_filter for answer in answers]),
        model=answers[0].model,
        usage=total_usage(answers),
        cost=total_cost(answers),
    )
    body = _Body(results=[_element(*pair, target) for pair in zip(told, read, strict=True)])
    return Result(answer, assembled([reply for reply in told if isinstance(reply, Reply)], body))


def _element(reply: Reply | ConnectorError, answer: Answer | ConnectorError, target: Target) -> _Element:
    if isinstance(reply, Reply) and isinstance(answer, Answer):
        return _Element(reply.status, msgspec.Raw(reply.body), output_of(answer, reply, target))
    error = answer if isinstance(answer, ConnectorError) else None
    if error is None:
        raise TypeError("an answer without a reply")
    blocked = verdict_in(error.reply) if isinstance(error, ContentFiltered) else None
    failure = _Failure(code=error.code, reason=error.reason, message=str(error), content_filter=blocked)
    status, body = (error.reply.status, _readable(error.reply.body)) if error.reply is not None else (None, None)
    return _Element(status, body, error=failure)


def _readable(body: bytes) -> msgspec.Raw | str | None:
    try:
        body.decode()
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body.decode(errors="replace") or None
    return msgspec.Raw(body)


MULTIPLE_CHAT_COMPLETIONS = Operation(
    name="multipleChatCompletions",
    summary="One chat completion for each prompt or conversation",
    input=MultipleChatInput,
    converse=_converse,
)
