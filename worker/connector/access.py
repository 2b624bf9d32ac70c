"""How a job gets in: the connection that it may use, with every key in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from worker.connections import (
    Asker,
    Choice,
    Connections,
    ManagedIdentity,
    NamedConnection,
    Wish,
    check_headers,
    choose,
)
from worker.errors import ConnectorError, InputError
from worker.inputs import Task
from worker.job import Job
from worker.memo import Memo
from worker.secrets import Redactor, Secrets
from worker.wire import Target

__all__ = ["Access", "Grant", "check_identity"]


_MICROSOFT: Final = (
    ".openai.azure.com",
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
    ".openai.azure.us",
    ".cognitiveservices.azure.us",
    ".openai.azure.cn",
    ".cognitiveservices.azure.cn",
)
_ASKERS_AT_MOST: Final = 64  # of one wish: templates are copied from process to process


class Grant(NamedTuple):
    """What one job goes in with: its connection, the input's own headers, and what masks every key in both."""

    choice: Choice
    headers: Mapping[str, SecretStr]
    redactor: Redactor


def check_identity(task: Task, target: Target) -> None:
    """
    Whether the worker's own identity may go where *task* sends it. Raises InputError.

    A task that chose both could have the worker's token delivered to a server of its own.
    """
    given = task.wish.connection.authentication
    if not isinstance(given, ManagedIdentity):
        return
    host = urlsplit(target.base_url).hostname or ""
    if given.scope is not None or not target.base_url.startswith("https:") or not host.endswith(_MICROSOFT):
        raise InputError(
            path="connection.authentication",
            got="managedIdentity",
            wanted="a connection that the operator has defined: a task may send the worker's own identity to "
            f"Azure's hosts alone ({', '.join(_MICROSOFT)}), and with no scope of its own",
        )


class Access:
    """The operator's *connections* and the *secrets* that they and the tasks name."""

    def __init__(self, secrets: Secrets, connections: Connections) -> None:
        self._secrets = secrets
        self._connections = connections
        self._ways: Memo[dict[Asker, _Way]] = Memo()

    async def close(self) -> None:
        """Close every source of secrets."""
        await self._secrets.close()

    async def missing(self, names: Iterable[str]) -> str | None:
        """Why the first of the operator's own secrets *names* that cannot be read cannot be; None where all can."""
        for name in names:
            try:
                await self._secrets.found_in(name, asker=None)
            except ConnectorError as error:
                return str(error)
        return None

    async def grant(self, task: Task, job: Job) -> Grant:
        """
        What *task* goes in with.

        What it may not do is refused before any secret is looked up. Raises InputError and SecretError.
        """
        asker = Asker.of(job)
        way = self._way(task.wish, asker)
        headers = task.input.own_headers()
        if not headers:
            return await way.grant()
        if way.named is not None:
            check_headers(way.named, headers)
        choice, _, redactor = await way.grant()
        headers, more = await self._secrets.fill_headers(headers, "input.headers", asker=asker)
        return Grant(choice, headers, redactor | more)

    def _way(self, wish: Wish, asker: Asker) -> "_Way":
        ways = self._ways.get(wish)
        if ways is None:
            ways = self._ways.keep({}, wish)
        way = ways.get(asker)
        if way is None:
            named = self._connections.named(wish, asker)
            if len(ways) >= _ASKERS_AT_MOST:
                ways.clear()
            way = ways[asker] = _Way(self._secrets, wish, named, asker)
        return way


class _Way:
    """What one wish of one asker comes to: the very same grant for as long as its secrets stay the same."""

    def __init__(self, secrets: Secrets, wish: Wish, named: NamedConnection | None, asker: Asker) -> None:
        name = f"connections.{wish.connection.name}"
        self.named = named
        self._wish = wish
        self._own = secrets.template(wish.connection, "connection", asker=asker)
        self._theirs = None if named is None else secrets.template(named, name, asker=None)
        self._parts: tuple[object, object] = (None, None)
        self._grant: Grant | None = None

    async def grant(self) -> Grant:
        own = await self._own.filled()
        theirs = None if self._theirs is None else await self._theirs.filled()
        if self._grant is None or self._parts[0] is not own or self._parts[1] is not theirs:
            named, redactor = (None, own[1]) if theirs is None else (theirs[0], own[1] | theirs[1])
            choice = choose(replace(self._wish, connection=own[0]), named)
            self._parts, self._grant = (own, theirs), Grant(choice, {}, redactor)
        return self._grant
