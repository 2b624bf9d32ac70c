"""What an exchange was about, read for its span: parameters and tokens, never content."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from worker.errors import CallError
from worker.events import Exchange
from worker.wire import Call, Reply

__all__ = ["exchange_of"]

_JSON: Final = "application/json"


class _Asked(msgspec.Struct, omit_defaults=True):
    model: str | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    n: int | None = None
    stream: bool | None = None
    dimensions: int | None = None
    encoding_format: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None


class _Choice(msgspec.Struct):
    finish_reason: str | None = None


class _Answer(msgspec.Struct):
    id: str | None = None
    model: str | None = None
    choices: list[_Choice] = []
    usage: _Usage | None = None


_asked = msgspec.json.Decoder(_Asked).decode
_answer = msgspec.json.Decoder(_Answer).decode
_NOTHING: Final = _Details()


def exchange_of(
    call: Call, url: str, provider: str, outcome: Reply | CallError | None, *, mask: Callable[[str], str]
) -> Exchange:
    """
    What *call*, sent to *url*, was about, and what its *outcome* says of the work. Texts go through *mask*.

    What is no JSON of the known shape, such as a stream of events, says nothing of itself.
    """
    about = Exchange(
        provider=provider, method=call.method, path=call.path, port=urlsplit(url).port, asked=_parameters(call, mask)
    )
    try:
        answer = _answer(outcome.body) if isinstance(outcome, Reply) else _Answer()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return about
    return _with_usage(_with_names(about, answer, mask), answer.usage or _Usage())


def _parameters(call: Call, mask: Callable[[str], str]) -> Mapping[str, str | int | float | bool]:
    if call.content_type != _JSON or not call.body:
        return {}
    try:
        found: Mapping[str, str | int | float | bool] = msgspec.to_builtins(_asked(call.body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {name: mask(value) if isinstance(value, str) else value for name, value in found.items()}


def _with_names(about: Exchange, answer: _Answer, mask: Callable[[str], str]) -> Exchange:
    return replace(
        about,
        model=mask(answer.model) if answer.model else None,
        response_id=mask(answer.id) if answer.id else None,
        finish_reasons=tuple(mask(choice.finish_reason) for choice in answer.choices if choice.finish_reason),
    )


def _with_usage(about: Exchange, usage: _Usage) -> Exchange:
    """Both names of each number: chats and embeddings have the one, responses the other."""
    into = usage.prompt_tokens_details or usage.input_tokens_details or _NOTHING
    out_of = usage.completion_tokens_details or usage.output_tokens_details or _NOTHING
    return replace(
        about,
        input_tokens=usage.prompt_tokens if usage.input_tokens is None else usage.input_tokens,
        output_tokens=usage.completion_tokens if usage.output_tokens is None else usage.output_tokens,
        cached_tokens=into.cached_tokens,
        reasoning_tokens=out_of.reasoning_tokens,
    )
