"""Reads the replies of the completion family: only what is needed, the rest stays bytes."""

import msgspec

from worker.errors import InvalidResponse
from worker.operations.model import NULL, Answer, ContentFilter, Usage, is_null
from worker.wire import Reply

__all__ = ["read_completion"]


class _Details(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None


class _Message(msgspec.Struct, frozen=True):
    content: msgspec.Raw = NULL
    tool_calls: msgspec.Raw = NULL


class _Choice(msgspec.Struct, frozen=True):
    """A choice that the content filter cut may have no `message` at all."""

    message: msgspec.Raw = NULL
    messages: list[msgspec.Raw] = []  # the retired extensions API answered with several
    text: msgspec.Raw = NULL  # legacy completions
    finish_reason: str | None = None
    content_filter_results: msgspec.Raw = NULL

    def all_messages(self) -> list[msgspec.Raw]:
        return self.messages or ([] if is_null(self.message) else [self.message])


class _Completion(msgspec.Struct, frozen=True):
    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None
    prompt_filter_results: msgspec.Raw = NULL


_completion = msgspec.json.Decoder(_Completion)
_message = msgspec.json.Decoder(_Message)


def read_completion(reply: Reply, *, json_wanted: bool = False) -> Answer:
    """
    The answer in a reply of chat completions or legacy completions.

    *json_wanted* asks for `output.json`. Raises InvalidResponse when the reply is no completion.
    """
    try:
        reply.body.decode()  # msgspec copies raw parts without looking at their encoding
        completion = _completion.decode(reply.body)
        return _answer(completion, json_wanted=json_wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no completion: {cause}; check the endpoint", reply=reply) from cause


def _answer(completion: _Completion, *, json_wanted: bool) -> Answer:
    first = completion.choices[0] if completion.choices else _Choice()
    messages = [message for choice in completion.choices for message in choice.all_messages()]
    told = _message.decode(messages[len(first.all_messages()) - 1]) if first.all_messages() else _Message()
    text = told.content if is_null(first.text) else first.text
    return Answer(
        text=text,
        json=_parsed(text) if json_wanted else NULL,
        messages=messages,
        tool_calls=told.tool_calls,
        finish_reason=first.finish_reason,
        content_filter=ContentFilter(
            filtered=first.finish_reason == "content_filter",
            prompt=completion.prompt_filter_results,
            answer=first.content_filter_results,
        ),
        model=completion.model,
        usage=_usage(completion.usage),
    )


def _parsed(text: msgspec.Raw) -> msgspec.Raw:
    """The JSON inside a JSON text, or null when the model did not keep to it."""
    try:
        inner = msgspec.json.decode(text, type=str).encode()
        msgspec.json.decode(inner)
    except (msgspec.MsgspecError, RecursionError):
        return NULL
    return msgspec.Raw(inner)


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    prompt = usage.prompt_tokens_details or _Details()
    completion = usage.completion_tokens_details or _Details()
    return Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=prompt.cached_tokens or 0,
        reasoning_tokens=completion.reasoning_tokens or 0,
    )
