"""What a field wanted, in the words of whoever fills in a form, and not in those of a typing library."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import ErrorDetails

__all__ = ["wanted_by"]

_Facts = Mapping[str, Any]

_OBJECT: Final = "an object"
_DURATION: Final = "an ISO 8601 duration such as PT30S"
_WORDS: Final[Mapping[str, str]] = {
    "string_type": "a text",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "list_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
}
_WITH_FACTS: Final[Mapping[str, Callable[[_Facts], str]]] = {
    "less_than_equal": lambda facts: f"at most {facts['le']:g}",
    "greater_than_equal": lambda facts: f"at least {facts['ge']:g}",
    "greater_than": lambda facts: f"more than {facts['gt']}",
    "too_short": lambda facts: f"{_kind(facts)} of at least {facts['min_length']}",
    "too_long": lambda facts: f"{_kind(facts)} of at most {facts['max_length']}",
    "string_too_short": lambda facts: f"a text of at least {_characters(facts['min_length'])}",
    "string_too_long": lambda facts: f"a text of at most {_characters(facts['max_length'])}",
    "string_pattern_mismatch": lambda facts: f"a text that matches {facts['pattern']}",
}


def wanted_by(details: Sequence[ErrorDetails]) -> str:
    """What would be right; each of *details* is one of the ways to be."""
    return " or ".join(dict.fromkeys(_wanted(detail) for detail in details))


def _wanted(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in _WITH_FACTS:
        return _WITH_FACTS[kind](detail.get("ctx", {}))
    return _WORDS.get(kind) or detail["msg"].removeprefix("Input should be ")


def _kind(facts: _Facts) -> str:
    return _OBJECT if facts.get("field_type") == "Dictionary" else "a list"


def _characters(count: int) -> str:
    return f"{count} character" if count == 1 else f"{count} characters"
