"""Whether JSON fits a schema: the library jsonschema, loaded with the first schema and never asking the network."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from pydantic import JsonValue

from worker.operations.model import NULL

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["flaw_of_schema", "misfit", "parsed"]

_QUOTED_AT_MOST: Final = 300  # characters of what does not fit

Schema = Mapping[str, object]


def flaw_of_schema(schema: Schema) -> str | None:
    """What is wrong with *schema* itself, None when it is a JSON schema."""
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - 0.15 s that most workers never need

    try:
        _validator(schema).check_schema(dict(schema))
    except SchemaError as error:
        return _told(error.absolute_path, error.message)
    except RecursionError:
        return "it is nested too deep"
    return None


def misfit(value: JsonValue, schema: Schema) -> str | None:
    """Where and how *value* does not fit *schema*, None when it does."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - see above
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 - see above

    try:
        error = best_match(_validator(schema).iter_errors(value))
    except Unresolvable as unknown:
        return f"the schema refers to {unknown.ref!r}, which it does not contain"
    except RecursionError:
        return "it is nested too deep"
    return None if error is None else _told(error.absolute_path, error.message)


def parsed(text: msgspec.Raw, schema: Schema | None = None) -> tuple[msgspec.Raw, str | None]:
    """
    The JSON inside *text*, a JSON text, and why it is null where it is.

    Null where the text is no JSON, and where it does not fit *schema*; a model that is not held to the schema by the
    service may answer with anything.
    """
    try:
        inner = msgspec.json.decode(text, type=str | None)
    except msgspec.MsgspecError:
        return NULL, "the answer is no text"
    if inner is None:
        return NULL, "there is no answer"
    try:
        value = msgspec.json.decode(inner)
    except (msgspec.MsgspecError, RecursionError) as cause:
        return NULL, f"the answer is no JSON: {cause}"
    problem = misfit(value, schema) if schema is not None else None
    if problem is not None:
        return NULL, f"the answer does not fit the schema: {problem}"
    return msgspec.Raw(inner.encode()), None


def _validator(schema: Schema) -> "Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above
    from jsonschema.validators import validator_for  # noqa: PLC0415 - see above
    from referencing import Registry  # noqa: PLC0415 - see above

    kind = validator_for(schema, default=Draft202012Validator)
    return kind(schema, registry=Registry())  # an empty registry of its own: a remote $ref is not fetched


def _told(path: Sequence[str | int], message: str) -> str:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    said = message if len(message) <= _QUOTED_AT_MOST else f"{message[:_QUOTED_AT_MOST]}…"
    return f"{where}: {said}" if where else said
