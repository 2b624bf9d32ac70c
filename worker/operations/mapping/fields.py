"""The fields of a source, as its sample records show them, and of a target, as its schema names them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from worker.given import Given

__all__ = ["TargetField", "source_fields", "target_fields"]

_SAMPLES: Final = 3  # values of a field that the model is shown
_SAMPLE_AT_MOST: Final = 200  # characters of one of them
_DEPTH: Final = 8  # below it, a field counts as one
_LIST: Final = "[]"


class TargetField(Given):
    """A field to be filled."""

    name: str
    type: str | None = None
    description: str | None = None
    required: bool = False


def source_fields(records: Sequence[Mapping[str, JsonValue]]) -> dict[str, list[JsonValue]]:
    """
    Each field of *records* with a few of its values.

    Nested fields are named `customer.name` and `lines[].net`.
    """
    fields: dict[str, list[JsonValue]] = {}
    for record in records:
        for name, value in _leaves(dict(record), "", _DEPTH):
            samples = fields.setdefault(name, [])
            shown = value[:_SAMPLE_AT_MOST] if isinstance(value, str) else value
            if len(samples) < _SAMPLES and shown not in samples:
                samples.append(shown)
    return fields


def target_fields(schema: Mapping[str, JsonValue]) -> list[TargetField]:
    """The fields of a JSON schema of an object, named as those of a source."""
    return list(_described(schema, "", _DEPTH))


def _leaves(value: JsonValue, name: str, depth: int) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, Mapping) and value and depth:
        for key, part in value.items():
            yield from _leaves(part, f"{name}.{key}" if name else key, depth - 1)
    elif isinstance(value, list) and value and depth and any(isinstance(part, Mapping | list) for part in value):
        for part in value[:_SAMPLES]:
            yield from _leaves(part, name + _LIST, depth - 1)
    elif name:
        yield name, value


def _described(
    schema: Mapping[str, JsonValue], name: str, depth: int, *, required: bool = False
) -> Iterator[TargetField]:
    properties, items = schema.get("properties"), schema.get("items")
    if isinstance(properties, Mapping) and properties and depth:
        needed = schema.get("required")
        for key, part in properties.items():
            inner = part if isinstance(part, Mapping) else {}
            below = f"{name}.{key}" if name else key
            yield from _described(inner, below, depth - 1, required=isinstance(needed, list) and key in needed)
    elif isinstance(items, Mapping) and isinstance(items.get("properties"), Mapping) and name and depth:
        yield from _described(items, name + _LIST, depth - 1, required=required)
    elif name:
        yield TargetField(
            name=name,
            type=_words(schema.get("format") or schema.get("type")),
            description=_words(schema.get("description") or schema.get("title")),
            required=required,
        )


def _words(value: JsonValue) -> str | None:
    if isinstance(value, list):
        return " or ".join(str(part) for part in value)
    return value if isinstance(value, str) else None
