"""Reads the replies of the completion family: only what is needed, the rest stays bytes."""

from collections.abc import Mapping
from typing import Final

import msgspec

from worker.errors import InvalidResponse
from worker.operations.json_check import parsed
from worker.operations.model import NULL, Answer, ContentFilter, Usage
from worker.operations.verdicts import categories
from worker.wire import Reply

__all__ = ["read_completion"]


class _Details(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


_NO_DETAILS: Final = _Details()


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None


class _Message(msgspec.Struct, frozen=True):
    content: msgspec.Raw = NULL
    tool_calls: msgspec.Raw = NULL
    refusal: msgspec.Raw = NULL


class _FilterError(msgspec.Struct, frozen=True):
    code: str | None = None
    message: str | None = None


class _Verdict(msgspec.Struct, frozen=True):
    """The filter may itself have failed: Azure then answers unfiltered, with `content_filter_error`."""

    error: _FilterError | None = None


class _PromptVerdict(msgspec.Struct, frozen=True):
    content_filter_results: _Verdict | None = None


class _Choice(msgspec.Struct, frozen=True):
    """A choice that the content filter cut may have no `message` at all."""

    message: msgspec.Raw = NULL
    messages: list[msgspec.Raw] = []  # the retired extensions API answered with several
    text: msgspec.Raw = NULL  # legacy completions
    finish_reason: str | None = None
    content_filter_results: msgspec.Raw = NULL

    def all_messages(self) -> list[msgspec.Raw]:
        return self.messages or ([] if self.message == NULL else [self.message])


class _Completion(msgspec.Struct, frozen=True):
    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None
    prompt_filter_results: msgspec.Raw = NULL


_completion = msgspec.json.Decoder(_Completion)
_message = msgspec.json.Decoder(_Message)
_verdict = msgspec.json.Decoder(_Verdict | None)
_prompt_verdicts = msgspec.json.Decoder(list[_PromptVerdict] | None)


def read_completion(reply: Reply, *, json_wanted: bool = False, schema: Mapping[str, object] | None = None) -> Answer:
    """
    The answer in a reply of chat completions or legacy completions.

    *json_wanted* asks for `output.json`, of *schema* where there is one. Raises InvalidResponse when the reply is no
    completion.
    """
    try:
        body = reply.body
        if not body.isascii():
            body.decode()  # msgspec copies raw parts without looking at their encoding
        completion = _completion.decode(body)
        answer = _answer(completion, _filter_error(completion))
        if not json_wanted:
            return answer
        value, problem = parsed(answer.text, schema)
        return msgspec.structs.replace(answer, json=value, json_error=problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no completion: {cause}; check the endpoint", reply=reply) from cause


def _answer(completion: _Completion, filter_error: str | None) -> Answer:
    first = completion.choices[0] if completion.choices else _Choice()
    messages = said = first.all_messages()
    for other in completion.choices[1:]:
        messages = messages + other.all_messages()
    filtered = "content_filter" in [choice.finish_reason for choice in completion.choices]
    told = _message.decode(said[-1]) if said else _Message()
    return Answer(
        text=told.content if first.text == NULL else first.text,
        refusal=told.refusal,
        messages=messages,
        tool_calls=told.tool_calls,
        finish_reason=first.finish_reason,
        content_filter=ContentFilter(
            filtered=filtered,
            categories=_categories(completion) if filtered else [],
            error=filter_error,
            prompt=completion.prompt_filter_results,
            answer=first.content_filter_results,
        ),
        model=completion.model,
        usage=_usage(completion.usage),
    )


def _categories(completion: _Completion) -> list[str]:
    found = [choice.content_filter_results for choice in completion.choices]
    return categories(completion.prompt_filter_results, *found)


def _filter_error(completion: _Completion) -> str | None:
    """Why the filter did not run, None when it did; what is in another form than Azure's says nothing."""
    told = [choice.content_filter_results for choice in completion.choices if choice.content_filter_results != NULL]
    if not told and completion.prompt_filter_results == NULL:
        return None
    try:
        prompts = _prompt_verdicts.decode(completion.prompt_filter_results) or []
        found = [_verdict.decode(results) for results in told]
    except msgspec.ValidationError:
        return None
    verdicts = [*(prompt.content_filter_results for prompt in prompts), *found]
    errors = [verdict.error for verdict in verdicts if verdict is not None and verdict.error is not None]
    return next((error.message or error.code or "content_filter_error" for error in errors), None)


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    prompt = usage.prompt_tokens_details or _NO_DETAILS
    completion = usage.completion_tokens_details or _NO_DETAILS
    return Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=prompt.cached_tokens or 0,
        reasoning_tokens=completion.reasoning_tokens or 0,
    )
