"""The connections that the operator has defined: who may use which, and what a task may change of one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from pydantic import Field

from worker.connections.audience import Asker, Audience
from worker.connections.connection import Connection, TaskConnection
from worker.errors import InputError
from worker.given import Given

__all__ = ["Choice", "Connections", "Limits", "NamedConnection", "Overridable", "Wish", "check_headers", "choose"]

Overridable = Literal[
    "endpoint", "provider", "organization", "project", "authentication", "headers", "deployment", "apiVersion"
]
"""What a task may be allowed to change; `endpoint` covers `resource`, its other spelling."""

_ELSEWHERE = ("provider", "endpoint")  # a call that goes elsewhere must not carry the operator's key


class Limits(Given):
    """What a connection holds its tasks to. *timeout* is the longest total time of a call, None for the task's own."""

    timeout: timedelta | None = None


class NamedConnection(Connection, Audience):
    """
    One entry of the operator's file, for the processes and tenants of its audience.

    *override* is what a task may change; a field that the operator left open, deployment or version, a task may set.
    """

    deployment: str | None = None
    api_version: str | None = None
    override: tuple[Overridable, ...] = ()
    limits: Limits = Field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a task asks for: its connection, and the two fields beside it."""

    connection: TaskConnection
    deployment: str | None = None
    api_version: str | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a job's calls go: *connection* with *deployment* and *api_version*, held to *limits*."""

    connection: Connection
    deployment: str | None
    api_version: str | None
    limits: Limits = field(default_factory=Limits)


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


def choose(wish: Wish, named: NamedConnection | None) -> Choice:
    """
    The connection of *named* with what *wish* overrides; without *named* the wish alone.

    Both are filled already. Where a call goes elsewhere, nothing of the operator's own goes with it.
    """
    own = wish.connection
    if named is None:
        return Choice(connection=_complete(own), deployment=wish.deployment, api_version=wish.api_version)
    return Choice(
        connection=_merged(named, own, elsewhere=_goes_elsewhere(wish)),
        deployment=wish.deployment or named.deployment,
        api_version=wish.api_version or named.api_version,
        limits=named.limits,
    )


def check_headers(named: NamedConnection, own: Iterable[str]) -> None:
    """Whether a request may have its *own* headers: InputError where one takes the place of the operator's."""
    theirs = {name.lower() for name in named.headers}
    for name in own:
        if name.lower() in theirs and "headers" not in named.override:
            raise InputError(
                path=f"input.headers.{name}",
                got="a value",
                wanted="none: the connection does not let a task override it",
            )


def _merged(named: NamedConnection, own: TaskConnection, *, elsewhere: bool) -> Connection:
    theirs = {"provider": named.provider} if elsewhere else _fields_of(named)
    fields = {**theirs, **_fields_of(own)}
    if not elsewhere:
        replaced = {name.lower() for name in own.headers}
        kept = {name: value for name, value in named.headers.items() if name.lower() not in replaced}
        fields["headers"] = {**kept, **own.headers}
    elif not (own.resource or own.endpoint):
        fields.update(resource=named.resource, endpoint=named.endpoint)
    return Connection.model_validate(fields)


def _fields_of(part: Connection | TaskConnection) -> dict[str, object]:
    return {name: value for name in Connection.model_fields if (value := getattr(part, name)) is not None}


def _goes_elsewhere(wish: Wish) -> bool:
    return any(name in _ELSEWHERE for name, _ in wish.changes())


def _complete(own: TaskConnection) -> Connection:
    if own.authentication is None:
        raise InputError(
            path="connection.authentication", got="nothing", wanted="a value (or connection.name, which brings its own)"
        )
    return Connection.model_validate(_fields_of(own))


def _check_overrides(name: str, connection: NamedConnection, wish: Wish) -> None:
    left_open = {"deployment": connection.deployment is None, "apiVersion": connection.api_version is None}
    for change, path in wish.changes():
        if (
            change not in connection.override
            and not left_open.get(change, False)
            and not _is_same(connection, wish, path)
        ):
            raise InputError(
                path=path, got="a value", wanted=f"none: the connection '{name}' does not let a task override it"
            )
    if _goes_elsewhere(wish) and wish.connection.authentication is None:
        raise InputError(
            path="connection.authentication",
            got="nothing",
            wanted=f"the task's own: the key of the connection '{name}' is not sent to another endpoint",
        )


def _is_same(connection: NamedConnection, wish: Wish, path: str) -> bool:
    """Whether the task repeats what the operator says, which changes nothing."""
    match path:
        case "deployment":
            return wish.deployment == connection.deployment
        case "apiVersion":
            return wish.api_version == connection.api_version
        case _:
            return False


def _one_of(names: list[str], *, like: str) -> str:
    nearest = difflib.get_close_matches(like, names, n=1)
    hint = f" (did you mean '{nearest[0]}'?)" if nearest else ""
    return f"one of {', '.join(sorted(names))}{hint}" if names else "a connection that the operator has defined"
