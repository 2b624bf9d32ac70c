"""Masks secret values in everything that leaves the worker other than as a credential."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

import msgspec

__all__ = ["Redactor"]

MASK = "***"


class Redactor:
    """Knows the values that one job has resolved, in every form in which they may come back."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms = {form for value in values if value for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)  # the longest first: a secret may contain another
        self._bytes = [form.encode() for form in self._forms]

    def text(self, text: str) -> str:
        """*text* with every value masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def json(self, text: bytes) -> bytes:
        """JSON *text* with every value masked inside its strings and keys; the very same object when none is there."""
        if not any(form in text for form in self._bytes):
            return text
        return msgspec.json.encode(self.value(msgspec.json.decode(text)))

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


def _forms(value: str) -> Iterable[str]:
    """The value itself, and as JSON and URLs write it."""
    yield value
    yield msgspec.json.encode(value).decode()[1:-1]
    yield quote(value, safe="")
    yield quote_plus(value)
