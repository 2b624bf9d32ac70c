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

__all__ = ["QUOTED_AT_MOST", "VARIABLE", "one_of", "shown", "typed"]

VARIABLE: Final = "azureOpenAI"
"""The one process variable that a task's inputs lie under."""

_PRIVATE: Final = frozenset({"connection"})
"""Parts whose values are never quoted: a key may stand there in plain text."""

QUOTED_AT_MOST: Final = (
    40  # characters of a text that an error quotes: enough to recognise a typo, too little for a prompt
)

_M = TypeVar("_M", bound=BaseModel)


def typed(model: type[_M], given: Mapping[str, Any], *, below: tuple[str, ...]) -> _M:
    try:
        return model.model_validate(given)
    except ValidationError as cause:
        raise _input_error(cause.errors(include_url=False)[0], model, below) from None


def _input_error(detail: ErrorDetails, model: type[BaseModel], below: tuple[str, ...]) -> InputError:
    """The first thing that is wrong; the others follow once it is mended."""
    where = (*below, *_steps(detail["loc"]))
    got = type(detail["input"]).__name__ if _is_private(where) else shown(detail["input"])
    match detail["type"]:
        case "missing":
            return InputError(path=_path(where), got="nothing", wanted="a value")
        case "extra_forbidden":
            names = [to_camel(name) for name in model.model_fields] if len(where) == len(below) + 1 else []
            return InputError(path=_path(where), got="an unknown field", wanted=one_of(names, like=str(where[-1])))
        case "union_tag_invalid" | "union_tag_not_found":
            wanted = detail.get("ctx", {}).get("expected_tags") or ", ".join(AUTHENTICATION_TYPES)
            return InputError(path=_path((*where, "type")), got="something else", wanted=f"one of {wanted}")
        case _:
            return InputError(path=_path(where), got=got, wanted=detail["msg"].removeprefix("Input should be "))


def _is_private(where: Sequence[str | int]) -> bool:
    return bool(where) and where[0] in _PRIVATE


def _steps(location: tuple[int | str, ...]) -> list[int | str]:
    """Pydantic's location without the names of a union's members, which are types and not fields."""
    types = {"str", "int", "float", "bool", *AUTHENTICATION_TYPES}
    return [step for step in location if not (isinstance(step, str) and (step in types or "[" in step))]


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
