"""Names as people read them."""

import re
from typing import Final

__all__ = ["label_of", "snake"]

_SHORT: Final = {"api": "API", "id": "ID", "url": "URL", "json": "JSON", "html": "HTML", "pdf": "PDF", "ms": "ms"}


def label_of(name: str) -> str:
    """`maxCompletionTokens` or `json_object` as a label: "Max completion tokens", "JSON object"."""
    words = [_SHORT.get(word, word) for word in snake(name).split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def snake(name: str) -> str:
    """`maxTokens` as `max_tokens`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
