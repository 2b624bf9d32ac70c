"""The connections that the operator has defined: who may use which, and what a task may change of one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from worker.connections.audience import Asker, Audience
from worker.connections.connection import TaskConnection
from worker.connections.endpoints import Endpoint, Limits, Place
from worker.errors import InputError

__all__ = [
    "INCOMPLETE",
    "Connections",
    "NamedConnection",
    "Overridable",
    "Wish",
    "check_headers",
]

Overridable = Literal[
    "endpoint", "provider", "organization", "project", "authentication", "headers", "deployment", "apiVersion"
]
"""What a task may be allowed to change; `endpoint` covers `resource`, its other spelling."""

_ELSEWHERE = ("provider", "endpoint")  # a call that goes elsewhere must not carry the operator's key


INCOMPLETE: Final = "incomplete"
"""The kind of a ValidationError that is about one field below: its context holds *path*, *got* and *wanted*."""


class NamedConnection(Place, Audience):
    """
    One entry of the operator's file, for the processes and tenants of its audience.

    *endpoints* are several places that answer alike; without them the entry itself is the one. *override* is what a
    task may change; a field that the operator left open, deployment or version, a task may set.
    """

    endpoints: tuple[Endpoint, ...] = ()
    override: tuple[Overridable, ...] = ()
    limits: Limits = Field(default_factory=Limits)

    def places(self) -> Sequence[Endpoint | Place]:
        """Its endpoints, the best first; itself where it has no others."""
        return sorted(self.endpoints, key=lambda one: one.priority) or (self,)

    @model_validator(mode="after")
    def _is_complete(self) -> "NamedConnection":
        for name in ("resource", "endpoint"):
            if self.endpoints and getattr(self, name):
                raise _incomplete(name, "a value", "none beside endpoints, of which each has its own")
        if self.authentication is None and not self.endpoints:
            raise _incomplete("authentication", "nothing", "a value")
        for index, one in enumerate(self.endpoints):
            self._check(one, f"endpoints[{index}]")
        return self

    def _check(self, one: Endpoint, path: str) -> None:
        if one.resource and one.endpoint:
            raise _incomplete(path, "both resource and endpoint", "one of the two")
        if not (one.resource or one.endpoint) and (one.provider or self.provider) != "openai":
            raise _incomplete(path, "neither resource nor endpoint", "one of the two")
        if one.authentication is None and self.authentication is None:
            raise _incomplete(f"{path}.authentication", "nothing", "a value, here or for the whole connection")


def _incomplete(path: str, got: str, wanted: str) -> PydanticCustomError:
    facts = {"path": path, "got": got, "wanted": wanted}
    return PydanticCustomError(INCOMPLETE, "{path}: got {got}, wanted {wanted}", facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a task asks for: its connection, and the two fields beside it."""

    connection: TaskConnection
    deployment: str | None = None
    api_version: str | None = None

    @property
    def goes_elsewhere(self) -> bool:
        """Whether its calls go to a place of its own choice, where the operator's key has no business."""
        return any(name in _ELSEWHERE for name, _ in self.changes())

    def changes(self) -> Iterator[tuple[Overridable, str]]:
        """What it gives itself, and the path of the field."""
        own = self.connection
        if own.resource is not None:
            yield "endpoint", "connection.resource"
        for name in ("endpoint", "provider", "organization", "project", "authentication", "headers"):
            if getattr(own, name):
                yield name, f"connection.{name}"
        if self.deployment is not None:
            yield "deployment", "deployment"
        if self.api_version is not None:
            yield "apiVersion", "apiVersion"


class Connections:
    """The operator's connections by name. Holds placeholders, no secret."""

    def __init__(self, named: Mapping[str, NamedConnection] | None = None) -> None:
        self._named = dict(named or {})

    def named(self, wish: Wish, asker: Asker) -> NamedConnection | None:
        """
        The operator's connection that *wish* names, None where it names none.

        Raises InputError for an unknown name, for one that is not for *asker*, and for an override that is not allowed.
        """
        name = wish.connection.name
        if name is None:
            return None
        connection = self._named.get(name)
        if connection is None:
            mine = [other for other, one in self._named.items() if one.admits(asker)]
            raise InputError(path="connection.name", got=f"'{name[:60]}'", wanted=_one_of(mine, like=name))
        if not connection.admits(asker):
            raise InputError(
                path="connection.name",
                got=f"'{name}'",
                wanted=f"a connection that is allowed here: the operator has not opened this one to {asker}",
            )
        _check_overrides(name, connection, wish)
        return connection


def check_headers(named: NamedConnection, own: Iterable[str]) -> None:
    """Whether a request may have its *own* headers: InputError where one takes the place of the operator's."""
    theirs = {name.lower() for place in (named, *named.endpoints) for name in place.headers}
    for name in own:
        if name.lower() in theirs and "headers" not in named.override:
            raise InputError(
                path=f"input.headers.{name}",
                got="a value",
                wanted="none: the connection does not let a task override it",
            )


def _check_overrides(name: str, connection: NamedConnection, wish: Wish) -> None:
    for change, path in wish.changes():
        if change not in connection.override and not _is_open_or_same(connection, wish, path):
            raise InputError(
                path=path, got="a value", wanted=f"none: the connection '{name}' does not let a task override it"
            )
    if wish.goes_elsewhere and wish.connection.authentication is None:
        raise InputError(
            path="connection.authentication",
            got="nothing",
            wanted=f"the task's own: the key of the connection '{name}' is not sent to another endpoint",
        )


def _is_open_or_same(connection: NamedConnection, wish: Wish, path: str) -> bool:
    """Whether the task says what the operator leaves open at an endpoint, or repeats, which changes nothing."""
    places = connection.places()
    match path:
        case "deployment":
            return {place.deployment or connection.deployment for place in places} & {None, wish.deployment} != set()
        case "apiVersion":
            said = {place.api_version or connection.api_version for place in places}
            return said & {None, wish.api_version} != set()
        case _:
            return False


def _one_of(names: list[str], *, like: str) -> str:
    nearest = difflib.get_close_matches(like, names, n=1)
    hint = f" (did you mean '{nearest[0]}'?)" if nearest else ""
    return f"one of {', '.join(sorted(names))}{hint}" if names else "a connection that the operator has defined"
