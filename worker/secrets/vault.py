"""Fills the placeholders of one job: only in its connection, only with secrets that are there."""

from typing import Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from worker.connection import Connection
from worker.errors import SecretError
from worker.secrets.placeholders import fill
from worker.secrets.redact import Redactor

__all__ = ["SecretSource", "Secrets"]

_T = TypeVar("_T")


class SecretSource(Protocol):
    """Somewhere that secrets are kept."""

    def get(self, name: str) -> str | None:
        """The secret's value, None where there is no such secret."""

    def advice(self, name: str) -> str:
        """What an operator does so that the secret is found."""


class Secrets:
    """The worker's secrets, as one job sees them."""

    def __init__(self, source: SecretSource) -> None:
        self._source = source

    def fill(self, connection: Connection) -> tuple[Connection, Redactor]:
        """
        *connection* with its placeholders filled, and a redactor of every value that is now in it.

        Keys that stand there in plain text are masked as well. Raises SecretError, which names secret and field.
        """
        filling = _Filling(self._source)
        filled = filling.part(connection, "connection")
        return filled, Redactor(filling.values)


class _Filling:
    """One walk through a connection; *values* gathers what has to be masked afterwards."""

    def __init__(self, source: SecretSource) -> None:
        self._source = source
        self.values: set[str] = set()

    def part(self, part: _T, path: str) -> _T:
        """The same kind of value with its texts filled; *path* is where it stands in the task."""
        return self._part(part, path)  # type: ignore[return-value] # each branch gives back what it was given

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
