"""The form that an answer is to have."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, JsonValue
from pydantic_core import PydanticCustomError

from worker.operations.json_check import flaw_of_schema

__all__ = ["AnswerFormat", "JsonSchema", "as_response_format", "schema_of"]

_KINDS: Final = ("text", "json_object", "json_schema")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEFAULT_NAME: Final = "answer"


def _is_a_schema(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if flaw := flaw_of_schema(schema):
        raise PydanticCustomError("no_schema", "a JSON schema: {flaw}", {"flaw": flaw})
    return schema


def _spelled_out(form: object) -> object:
    return {"type": form} if isinstance(form, str) else form


def _is_a_format(form: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if form.get("type") not in _KINDS:
        raise PydanticCustomError("no_format", "a type: text, json_object or json_schema")
    if form["type"] != "json_schema":
        return form
    wrapped = form.get("json_schema")
    if not isinstance(wrapped, dict) or not _NAME.fullmatch(str(wrapped.get("name") or "")):
        raise PydanticCustomError(
            "no_name", "json_schema with a name of up to 64 letters, digits, hyphens and underscores"
        )
    schema = wrapped.get("schema", {})
    if not isinstance(schema, dict):
        raise PydanticCustomError("no_schema", "json_schema with a schema, an object")
    _is_a_schema(schema)
    return form


JsonSchema = Annotated[dict[str, JsonValue], AfterValidator(_is_a_schema)]
AnswerFormat = Annotated[dict[str, JsonValue], BeforeValidator(_spelled_out), AfterValidator(_is_a_format)]
"""The API's own object, or just `text` or `json_object`."""


def as_response_format(schema: JsonSchema) -> dict[str, JsonValue]:
    """The API's `response_format` that asks for JSON of *schema*."""
    return {"type": "json_schema", "json_schema": {"name": _DEFAULT_NAME, "schema": schema}}


def schema_of(form: Mapping[str, JsonValue]) -> Mapping[str, JsonValue] | None:
    """The schema that JSON in this *form* has to fit, None where any JSON will do."""
    wrapped = form.get("json_schema")
    schema = wrapped.get("schema") if isinstance(wrapped, dict) else None
    return schema if isinstance(schema, dict) else None
