"""Names as people read them."""

import re
from typing import Final

__all__ = ["label_of", "snake"]

_SHORT: Final = {
    **{each.lower(): each for each in ("API", "ID", "URL", "JSON", "HTML", "PDF", "PNG", "JPEG", "WebP")},
    **{each.lower(): each for each in ("AAC", "FLAC", "MP3", "PCM", "SRT", "VTT", "WAV")},
    "b64": "base64",
}


def label_of(name: str) -> str:
    """`maxCompletionTokens` or `json_object` as a label: "Max completion tokens", "JSON object"."""
    if name.isupper():  # a name as it stands in a protocol, such as GET
        return name
    text = " ".join(_SHORT.get(word, word) for word in snake(name).split("_"))
    return text[:1].upper() + text[1:]


def snake(name: str) -> str:
    """`maxTokens` as `max_tokens`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
