"""Checks of a request's fields that chat and completions share, with the service's own words."""

from collections.abc import Mapping
from typing import Final

from worker.demo.emulator.operations.exchange import Exchange
from worker.demo.emulator.shapes import invalid, prompt_filtered

__all__ = [
    "FILTERED_ANSWER",
    "FILTERED_PROMPT",
    "check_numbers",
    "check_prompt",
    "check_reasoning",
    "count_of",
    "is_answer_filtered",
]

# Said in a prompt, these make the content filter act on it, or on the answer to it.
FILTERED_PROMPT: Final = "trigger-prompt-filter"
FILTERED_ANSWER: Final = "trigger-answer-filter"

_RANGES: Final = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "n": (1, 128),
    "max_tokens": (1, None),
    "max_completion_tokens": (1, None),
}
_NOT_FOR_REASONING: Final = ("top_p", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs")
_JSON_NAMES: Final = {str: "string", bool: "boolean", list: "array", dict: "object"}


def check_numbers(body: Mapping[str, object]) -> None:
    """Refuse a number that is none or out of range."""
    for name, (lowest, highest) in _RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            got = _JSON_NAMES.get(type(value), "value")
            raise invalid(
                name, "invalid_type", f"Invalid type for '{name}': expected a number, but got a {got} instead."
            )
        if value < lowest:
            raise invalid(name, "decimal_below_min_value", _out_of_range(name, "below minimum", f">= {lowest}", value))
        if highest is not None and value > highest:
            raise invalid(name, "decimal_above_max_value", _out_of_range(name, "above maximum", f"<= {highest}", value))


def _out_of_range(name: str, how: str, wanted: str, value: float) -> str:
    return f"Invalid '{name}': decimal {how} value. Expected a value {wanted}, but got {value} instead."


def check_reasoning(exchange: Exchange) -> None:
    """Refuse what a reasoning model does not take."""
    if not exchange.deployment.reasoning:
        return
    body = exchange.body
    if body.get("max_tokens") is not None:
        hint = " Use 'max_completion_tokens' instead."
        raise invalid("max_tokens", "unsupported_parameter", _unsupported("max_tokens") + hint)
    for name in _NOT_FOR_REASONING:
        if body.get(name) is not None:
            raise invalid(name, "unsupported_parameter", _unsupported(name))
    temperature = body.get("temperature")
    if temperature not in (None, 1):
        message = (
            f"'temperature' does not support {temperature} with this model. Only the default (1) value is supported."
        )
        raise invalid("temperature", "unsupported_value", f"Unsupported value: {message}")


def _unsupported(name: str) -> str:
    return f"Unsupported parameter: '{name}' is not supported with this model."


def check_prompt(exchange: Exchange, prompt: str, tokens: int) -> None:
    """Refuse a prompt that is too long, or that the content filter stops."""
    longest = exchange.deployment.context_tokens
    if tokens > longest:
        message = (
            f"This model's maximum context length is {longest} tokens. However, your messages resulted in {tokens}"
            " tokens. Please reduce the length of the messages."
        )
        raise invalid("messages", "context_length_exceeded", message)
    if FILTERED_PROMPT in prompt or exchange.wanted.finish_reason == "prompt_filter":
        raise prompt_filtered()


def is_answer_filtered(exchange: Exchange, prompt: str) -> bool:
    """Tell whether the content filter cuts the answer."""
    return exchange.wanted.finish_reason == "content_filter" or FILTERED_ANSWER in prompt


def count_of(body: Mapping[str, object], name: str, default: int) -> int:
    """Return a whole number from the body, already checked, or *default*."""
    value = body.get(name)
    return int(value) if isinstance(value, int | float) else default
