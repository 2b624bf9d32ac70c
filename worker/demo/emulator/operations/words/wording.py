"""What the emulator says, and how it counts it: the same for the same question."""

import json
import re
from collections.abc import Mapping
from typing import Final

__all__ = ["answer_to", "as_json", "example_of", "pieces"]

_PIECE: Final = re.compile(r"\s*(?:\w{1,6}|[^\w\s])|\s+$")
_LONGEST_QUOTE: Final = 240  # characters


def pieces(text: str) -> list[str]:
    """Cut a text into what the emulator counts as tokens; joined they are the text again."""
    return _PIECE.findall(text)


def answer_to(question: str, deployment: str) -> str:
    """Return a polite answer that shows which question has arrived, and where."""
    asked = " ".join(question.split())
    if len(asked) > _LONGEST_QUOTE:
        asked = asked[: _LONGEST_QUOTE - 1] + "…"
    return (
        f"You asked “{asked}” and the deployment {deployment} answers: this is the built-in emulator speaking, so take"
        " it as a sample. A real model would reply here, in about as many words."
    )


def example_of(schema: object) -> object:
    """Return a value that a JSON *schema* allows: the simplest one of each type."""
    if not isinstance(schema, Mapping):
        return "example"
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if options := schema.get("enum") or schema.get("anyOf") or schema.get("oneOf"):
        first = options[0]
        return first if "enum" in schema else example_of(first)
    return _example_of_type(schema)


def _example_of_type(schema: Mapping[str, object]) -> object:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        return {name: example_of(part) for name, part in properties.items()}
    if kind == "object":
        return {}
    if kind == "array":
        return [example_of(schema.get("items"))]
    lowest = schema.get("minimum", 1)
    return {"integer": lowest, "number": lowest, "boolean": True, "null": None}.get(str(kind), "example")


def as_json(value: object) -> str:
    """Return a value as a model writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
