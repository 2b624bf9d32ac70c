"""Fills the placeholders of one job: only where keys belong, only with secrets that it may have and that are there."""

import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from worker.connections import Asker
from worker.errors import InputError, SecretError
from worker.secrets.placeholders import fill, malformed, names
from worker.secrets.policy import Policy
from worker.secrets.redact import Redactor

__all__ = ["SecretSource", "Secrets", "Template"]

_T = TypeVar("_T")
_HOLDS_A_KEY = re.compile(r"key|auth|token|secret|cookie", re.IGNORECASE)


class SecretSource(Protocol):
    """
    Somewhere that secrets are kept.

    *is_shared* says that others keep their secrets there too, so that not every name in it is meant for tasks, and
    *is_fixed* that what it holds stays the same for as long as the process runs.
    """

    is_shared: bool
    is_fixed: bool
    label: str

    async def get(self, name: str, asker: Asker | None, /) -> str | None:
        """The secret's value, None where there is no such secret. *asker* None is the operator himself."""

    def advice(self, name: str, asker: Asker | None, /) -> str:
        """What an operator does so that the secret is found, as the second half of a sentence."""

    async def close(self) -> None:
        """Close what is open."""


class Secrets:
    """The worker's secrets: *sources* are asked in their order, the first that has a secret wins."""

    def __init__(self, *sources: SecretSource, policy: Policy | None = None) -> None:
        self._sources = sources
        self._policy = policy or Policy()

    async def fill(self, part: _T, path: str, *, asker: Asker | None) -> tuple[_T, Redactor]:
        """
        *part* with its placeholders filled, and a redactor of every value that is now in it.

        *part* is a model, a mapping or a text that stands at *path*. What stands there as a SecretStr is masked as
        well, filled or not. *asker* None means that the operator wrote it: the allow-list is for tasks. Raises
        SecretError, which names secret and field, and InputError for a placeholder that is none.
        """
        return await self.template(part, path, asker=asker).filled()

    def template(self, part: _T, path: str, *, asker: Asker | None) -> "Template[_T]":
        """*part*, to be filled more than once."""
        return Template(self, part, path, asker)

    async def fill_headers(
        self, headers: Mapping[str, SecretStr], path: str, *, asker: Asker | None
    ) -> tuple[dict[str, SecretStr], Redactor]:
        """
        As `fill`, for an input's own *headers*, of which not every one is a secret: `application/json` is none.

        Masked as a whole are those that a secret went into, and those that hold a key by their name.
        """
        texts = {name: value.get_secret_value() for name, value in headers.items()}
        filled, redactor = await self.fill(texts, path, asker=asker)
        keys = [text for name, text in filled.items() if text != texts[name] or _HOLDS_A_KEY.search(name)]
        return {name: SecretStr(text) for name, text in filled.items()}, redactor | Redactor(keys)

    async def found_in(self, name: str, *, asker: Asker | None) -> str:
        """Where the secret is found: the source's label. Raises as `fill` does."""
        label, _ = await self._found(name, "secrets check", asker)
        return label

    async def close(self) -> None:
        """Close every source."""
        for source in self._sources:
            await source.close()

    async def value(self, name: str, path: str, *, asker: Asker | None) -> str:
        """What the secret *name*, which *path* asks for, is now. Raises as `fill` does."""
        _, value = await self._found(name, path, asker)
        return value

    def are_fixed(self, asker: Asker | None) -> bool:
        """Whether what *asker* finds now is what is found at any time."""
        return all(source.is_fixed for source in self._open_to(asker))

    async def _found(self, name: str, path: str, asker: Asker | None) -> tuple[str, str]:
        if asker is not None and self._policy.refuses(name, asker):
            raise SecretError(name=name, path=path, wanted=f"the operator's allow-list does not open it to {asker}")
        sources = self._open_to(asker)
        for source in sources:
            if value := await source.get(name, asker):
                return source.label, value
        advice = ", or ".join(source.advice(name, asker) for source in sources) or "no secret source is open to tasks"
        raise SecretError(name=name, path=path, wanted=f"{advice}; or correct the name")

    def _open_to(self, asker: Asker | None) -> list[SecretSource]:
        is_open = asker is None or self._policy.opens_shared_stores
        return [source for source in self._sources if is_open or not source.is_shared]


class Template(Generic[_T]):
    """
    A part with placeholders that is filled for job after job.

    The secrets are looked up every time, unless no source of theirs can change, and the part is walked anew only when
    one of them has changed: as long as none has, `filled` gives the very same objects.
    """

    def __init__(self, secrets: Secrets, part: _T, path: str, asker: Asker | None) -> None:
        self._secrets = secrets
        self._part = part
        self._path = path
        self._asker = asker
        self._wanted: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._filled: tuple[_T, Redactor] | None = None
        plain: set[str] = set()
        _walk(part, path, lambda text, where: _note(text, where, self._wanted), plain)
        self._is_fixed = not self._wanted or secrets.are_fixed(asker)
        if not self._wanted:
            self._filled = part, Redactor(plain)

    async def filled(self) -> tuple[_T, Redactor]:
        """See `Secrets.fill`."""
        if self._filled is not None and self._is_fixed:
            return self._filled
        values: dict[str, str] = {}
        for name, where in self._wanted.items():
            values[name] = await self._secrets.value(name, where, asker=self._asker)
        if self._filled is None or values != self._values:
            plain: set[str] = set()
            filled = _walk(self._part, self._path, lambda text, _: fill(text, values.__getitem__), plain)
            self._values, self._filled = values, (filled, Redactor({*values.values(), *plain}))
        return self._filled


def _note(text: str, path: str, wanted: dict[str, str]) -> str:
    if malformed(text):  # it would be sent as it stands, and come back as a refused key
        raise InputError(
            path=path,
            got="a placeholder that names no secret",
            wanted="{{secrets.NAME}}, its name of letters, digits and single . _ - / between them",
        )
    for name in names(text):
        wanted.setdefault(name, path)
    return text


def _walk(part: _T, path: str, change: Callable[[str, str], str], secret: set[str] | None = None) -> _T:
    """The same kind of value with each text changed; *secret* gathers what stands in a SecretStr afterwards."""
    known = set() if secret is None else secret
    return _walked(part, path, change, known)  # type: ignore[return-value] # each branch gives back what it was given


@cache
def _fields_of(model: type[BaseModel]) -> list[tuple[str, str | None]]:
    """The names of its fields, in Python and in JSON."""
    return [(name, info.alias) for name, info in model.model_fields.items()]


def _walked(part: object, path: str, change: Callable[[str, str], str], secret: set[str]) -> object:
    match part:
        case str():
            return change(part, path)
        case SecretStr():
            text = part.get_secret_value()
            value = change(text, path)
            secret.add(value)
            return part if value == text else SecretStr(value)
        case dict():
            return {key: _walked(value, f"{path}.{key}", change, secret) for key, value in part.items()}
        case tuple():
            walked = tuple(_walked(value, f"{path}[{n}]", change, secret) for n, value in enumerate(part))
            return part if all(map(operator.is_, walked, part)) else walked
        case BaseModel():
            changed: dict[str, object] = {}
            for name, alias in _fields_of(type(part)):
                held = getattr(part, name)
                if held is not None and (now := _walked(held, f"{path}.{alias}", change, secret)) is not held:
                    changed[name] = now
            return part.model_copy(update=changed) if changed else part  # a copy costs more than all the looking
        case _:
            return part
