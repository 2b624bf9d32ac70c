"""Whether a file is a template: Camunda's JSON schema, told in sentences."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jsonschema import Draft7Validator, ValidationError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["flaws"]


def flaws(text: str) -> list[str]:
    """What is wrong with *text*, the text of one template or of a list of them; nothing when it is right."""
    try:
        given = json.loads(text)
    except ValueError as cause:
        return [f"no JSON: {cause}"]
    kind = 1 if isinstance(given, list) else 0  # the schema allows both; of the other one nobody wants to hear
    return [said for error in _validator().iter_errors(given) for said in _told(error, kind)]


@cache
def _validator() -> "Validator":
    schema = json.loads(files("worker.templates").joinpath("schema.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema)


def _told(error: ValidationError, kind: int) -> Iterator[str]:
    inner = [each for each in error.context or () if not error.absolute_path and each.schema_path[0] == kind]
    if inner:
        for each in inner:
            yield from _told(each, kind)
        return
    own = error.schema.get("errorMessage") if isinstance(error.schema, dict) else None
    said = own if isinstance(own, str) else error.message
    yield f"{error.json_path}: {said[:300]}"
