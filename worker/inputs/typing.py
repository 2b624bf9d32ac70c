"""Typing what is given, and saying what is wrong with it: one InputError that names the field."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from worker.connections import AUTHENTICATION_TYPES
from worker.errors import InputError
from worker.hints import Hint
from worker.inputs.wording import wanted_by
from worker.operations import OPERATIONS

__all__ = ["QUOTED_AT_MOST", "VARIABLE", "one_of", "shown", "typed"]

VARIABLE: Final = "azureOpenAI"
"""The one process variable that a task's inputs lie under."""

_PRIVATE: Final = frozenset({"connection"})
"""Parts whose values are never quoted: a key may stand there in plain text."""

QUOTED_AT_MOST: Final = 40
"""Characters of a text that an error quotes: enough to recognise a typo, too little for a prompt."""

_TYPES: Final = frozenset({"str", "int", "float", "bool", *AUTHENTICATION_TYPES})
_HOMES_AT_MOST: Final = 3  # operations that are named as the home of a field

_M = TypeVar("_M", bound=BaseModel)


def typed(model: type[_M], given: Mapping[str, Any], *, below: tuple[str, ...]) -> _M:
    try:
        # as `model_validate`, whose own arguments cost a twelfth of it
        read: _M = model.__pydantic_validator__.validate_python(given)
    except ValidationError as cause:
        raise _input_error(cause.errors(include_url=False), model, below) from None
    return read


def _input_error(details: Sequence[ErrorDetails], model: type[BaseModel], below: tuple[str, ...]) -> InputError:
    """The first thing that is wrong; the others follow once it is mended."""
    alike = _of_one_field(details)
    detail = alike[0]
    where = (*below, *_steps(detail["loc"]))
    got = type(detail["input"]).__name__ if _is_private(where) else shown(detail["input"])
    match detail["type"]:
        case "missing":
            return InputError(path=_path(where), got="nothing", wanted="a value")
        case "extra_forbidden":
            names = [to_camel(name) for name in model.model_fields] if len(where) == len(below) + 1 else []
            name = str(where[-1])
            return InputError(path=_path(where), got=_unknown(name, below), wanted=one_of(names, like=name))
        case "union_tag_invalid" | "union_tag_not_found":
            wanted = detail.get("ctx", {}).get("expected_tags") or ", ".join(AUTHENTICATION_TYPES)
            return InputError(path=_path((*where, "type")), got="something else", wanted=f"one of {wanted}")
        case "string_pattern_mismatch" if hinted := _hinted(model, detail["loc"]):
            return InputError(path=_path(where), got=got, wanted=hinted)
        case _:
            return InputError(path=_path(where), got=got, wanted=wanted_by(alike))


def _of_one_field(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """
    The details that are about the first field that is wrong.

    Where a value may be one of several types each of them objects: heard are those that came furthest with it.
    """
    first = details[0]["loc"]
    fork = next((place for place, step in enumerate(first) if _is_type(step)), None)
    if fork is None:
        return [details[0]]
    alike = [detail for detail in details if detail["loc"][:fork] == first[:fork] and len(detail["loc"]) > fork]
    furthest = max(len(_steps(detail["loc"])) for detail in alike)
    return [detail for detail in alike if len(_steps(detail["loc"])) == furthest]


def _unknown(name: str, below: tuple[str, ...]) -> str:
    """What a field is that does not belong there: perhaps it does in another operation."""
    homes = [each.name for each in OPERATIONS.values() if name in map(to_camel, each.input.model_fields)]
    if below != ("input",) or not homes:
        return "an unknown field"
    more = " and others" if len(homes) > _HOMES_AT_MOST else ""
    return f"a field of {', '.join(homes[:_HOMES_AT_MOST])}{more}"


def _hinted(model: type[BaseModel], location: tuple[int | str, ...]) -> str | None:
    """What a form says of a text that has to match a pattern: better than the pattern."""
    found = (each for each in model.model_fields.values() if each.alias == location[0])
    return next((hint.wanted for each in found for hint in each.metadata if isinstance(hint, Hint)), None)


def _is_private(where: Sequence[str | int]) -> bool:
    return bool(where) and where[0] in _PRIVATE


def _steps(location: tuple[int | str, ...]) -> list[int | str]:
    """Pydantic's location without the names of a union's members, which are types and not fields."""
    return [step for step in location if not _is_type(step)]


def _is_type(step: int | str) -> bool:
    return isinstance(step, str) and (step in _TYPES or "[" in step or step.startswith("constrained-"))


def _path(steps: Sequence[int | str]) -> str:
    """`input.messages[2].role`: lists count from 0, as in JSON."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".") or VARIABLE


def shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool() | int() | float():
            return msgspec.json.encode(value).decode()
        case str():
            return repr(value if len(value) <= QUOTED_AT_MOST else f"{value[:QUOTED_AT_MOST]}…")
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def one_of(names: Mapping[str, object] | Sequence[str], *, like: str) -> str:
    nearest = difflib.get_close_matches(like, names, n=1)
    hint = f" (did you mean {nearest[0]}?)" if nearest else ""
    return f"one of {', '.join(sorted(names))}{hint}" if names else f"no such field{hint}"
