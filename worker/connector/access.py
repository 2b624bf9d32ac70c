"""How a job gets in: the connection that it may use, with every key in its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from worker.connections import Asker, Choice, Connections, ManagedIdentity, Wish, check_headers, choose
from worker.errors import InputError
from worker.inputs import Task
from worker.job import Job
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
    given = task.connection.authentication
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

    async def close(self) -> None:
        """Close every source of secrets."""
        await self._secrets.close()

    async def grant(self, task: Task, job: Job) -> Grant:
        """
        What *task* goes in with.

        What it may not do is refused before any secret is looked up. Raises InputError and SecretError.
        """
        asker = Asker.of(job)
        wish = Wish(connection=task.connection, deployment=task.deployment, api_version=task.api_version)
        named = self._connections.named(wish, asker)
        headers = task.input.own_headers()
        if named is not None:
            check_headers(named, headers)
        own, redactor = await self._secrets.fill(task.connection, "connection", asker=asker)
        if headers:
            headers, more = await self._secrets.fill_headers(headers, "input.headers", asker=asker)
            redactor |= more
        if named is not None:
            named, theirs = await self._secrets.fill(named, f"connections.{task.connection.name}", asker=None)
            redactor |= theirs
        return Grant(choose(replace(wish, connection=own), named), headers, redactor)
