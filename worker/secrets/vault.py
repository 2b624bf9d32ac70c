"""Fills the placeholders of one job: only where keys belong, only with secrets that are there."""

import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from worker.connection import Connection
from worker.errors import SecretError
from worker.secrets.placeholders import fill
from worker.secrets.redact import Redactor

__all__ = ["Filled", "SecretSource", "Secrets"]

_T = TypeVar("_T")
_HOLDS_A_KEY = re.compile(r"\.[^.]*(key|auth|token|secret|cookie)[^.]*$", re.IGNORECASE)


class SecretSource(Protocol):
    """Somewhere that secrets are kept."""

    def get(self, name: str) -> str | None:
        """The secret's value, None where there is no such secret."""

    def advice(self, name: str) -> str:
        """What an operator does so that the secret is found."""


class Filled(NamedTuple):
    """What one job is done with, and *redactor*, which masks every value that is now in it."""

    connection: Connection
    headers: Mapping[str, SecretStr]
    redactor: Redactor


class Secrets:
    """The worker's secrets, as one job sees them."""

    def __init__(self, source: SecretSource) -> None:
        self._source = source

    def fill(self, connection: Connection, headers: Mapping[str, SecretStr]) -> Filled:
        """
        *connection* and the input's own *headers* with their placeholders filled.

        Keys that stand there in plain text are masked as well; but of the input's headers only those that hold a key
        by their name or by a secret in them: `application/json` is none. Raises SecretError, naming secret and field.
        """
        filling = _Filling(self._source)
        filled = filling.part(connection, "connection")
        own = {name: filling.header(value, f"input.headers.{name}") for name, value in headers.items()}
        return Filled(filled, own, Redactor(filling.values))


class _Filling:
    """One walk through a connection; *values* gathers what has to be masked afterwards."""

    def __init__(self, source: SecretSource) -> None:
        self._source = source
        self.values: set[str] = set()

    def part(self, part: _T, path: str) -> _T:
        """The same kind of value with its texts filled; *path* is where it stands in the task."""
        return self._part(part, path)  # type: ignore[return-value] # each branch gives back what it was given

    def header(self, value: SecretStr, path: str) -> SecretStr:
        """A header's value, filled; all of it is masked afterwards if it holds a key, as far as can be told."""
        text = value.get_secret_value()
        filled = self._text(text, path)
        if filled != text or _HOLDS_A_KEY.search(path):
            self.values.add(filled)
        return SecretStr(filled)

    def _part(self, part: object, path: str) -> object:
        match part:
            case str():
                return self._text(part, path)
            case SecretStr():
                value = self._text(part.get_secret_value(), path)
                self.values.add(value)
                return SecretStr(value)
            case dict():
                return {key: self._part(value, f"{path}.{key}") for key, value in part.items()}
            case BaseModel():
                fields = type(part).model_fields.items()
                changed = {name: self._part(getattr(part, name), f"{path}.{info.alias}") for name, info in fields}
                return part.model_copy(update=changed)
            case _:
                return part

    def _text(self, text: str, path: str) -> str:
        def value_of(name: str) -> str:
            value = self._source.get(name)
            if value is None:
                raise SecretError(name=name, path=path, wanted=self._source.advice(name))
            self.values.add(value)
            return value

        return fill(text, value_of)
