"""Masks secret values in everything that leaves the worker other than as a credential."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

import msgspec

__all__ = ["Redactor"]

MASK = "***"
_BASE64_AT_LEAST = 6  # letters
_URL_SAFE = str.maketrans("+/", "-_")
# JSON may write any letter in another way: only what it means can be compared then
_ESCAPED = re.compile(rb'\\[u/\\"]')
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_HOST = re.compile(r"[A-Za-z0-9._-]+")


class Redactor:
    """Knows the values that one job has resolved, in every form in which they may come back."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(values)
        self._forms, self._bytes = _searched(self.values)
        self._shortest = len(self._forms[-1]) if self._forms else 0

    def __or__(self, other: "Redactor") -> "Redactor":
        """One that knows the values of both."""
        return Redactor(self.values | other.values)

    def is_in(self, text: bytes) -> bool:
        """Whether *text* holds one of the values; in JSON, however it is escaped."""
        for form in self._bytes:  # a loop, and no `in`, which tries numbers first: asked several times for each job
            if text.find(form) >= 0:
                return True
        if not self._bytes or text.find(b"\\") < 0:  # a twentieth of what the search takes
            return False
        return _ESCAPED.search(text) is not None and self._is_below(text)

    def _is_below(self, text: bytes) -> bool:
        try:
            value = msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        masked: object = self.value(value)
        return bool(masked != value)

    def text(self, text: str) -> str:
        """*text* with every value masked."""
        if len(text) < self._shortest:  # most of what is reported is shorter than a key
            return text
        for form in self._forms:
            if form in text:  # hardly ever
                text = text.replace(form, MASK)
        return text

    def json(self, text: bytes) -> bytes:
        """JSON *text* with every value masked inside its strings and keys; the very same object when none is there."""
        if not self.is_in(text):
            return text
        return msgspec.json.encode(self.value(msgspec.json.decode(text)))

    def own_json(self, text: bytes) -> bytes:
        """As `json`, for text of our own writing: nothing in it is escaped without need, so that looking is cheap."""
        return self.json(text) if any(form in text for form in self._bytes) else text

    def raw(self, content: bytes) -> bytes:
        """Bytes of any kind with every value masked; the very same object when none is there."""
        for form in self._bytes:
            if form in content:
                content = content.replace(form, MASK.encode())
        return content

    def value(self, value: object) -> object:
        """A plain JSON *value* with every value masked. A number that is a secret becomes the mask."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(part) for part in value]
            case dict():
                return self.mapping(value)
            case bool() | None:
                return value
            case _:
                return MASK if str(value) in self._forms else value

    def mapping(self, values: Mapping[str, object]) -> dict[str, object]:
        """A plain JSON object with every value masked."""
        return {self.text(key): self.value(part) for key, part in values.items()}

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"


@lru_cache(maxsize=64)  # most jobs have the same few keys
def _searched(values: frozenset[str]) -> tuple[list[str], list[bytes]]:
    """What to look for, as text and as bytes: the longest first, since a secret may contain another."""
    forms = sorted({form for value in values if value for form in _forms(value)}, key=len, reverse=True)
    return forms, [form.encode() for form in forms]


def _forms(value: str) -> Iterable[str]:
    """The value itself, and as JSON, URLs and base64 write it."""
    yield value
    if _HOST.fullmatch(value):  # a resource's name, or a host: they are asked in lower case
        yield value.lower()
    yield msgspec.json.encode(value).decode()[1:-1]
    yield json.dumps(value)[1:-1]
    for escaped in (quote(value, safe=""), quote_plus(value), quote(value)):
        yield escaped
        yield _ESCAPE.sub(lambda match: match[0].lower(), escaped)
    yield from _base64(value.encode("utf-8", "surrogatepass"))


def _base64(value: bytes) -> Iterable[str]:
    """
    The value wherever it stands in a base64 text, such as the one of a basic header.

    Three letters hold two bytes and a bit: what comes before decides how the value is cut, so there are three cuts. The
    letters at both ends mix the value with its neighbours and are left out; too short a rest would mask innocent text.
    """
    for before in range(3):
        encoded = b64encode(b"\0" * before + value).decode().rstrip("=")
        rest = (len(value) + before) % 3
        middle = encoded[(0, 2, 3)[before] : len(encoded) - (1 if rest else 0)]
        for form in (middle, middle.translate(_URL_SAFE)):
            if len(form) >= _BASE64_AT_LEAST:
                yield form
