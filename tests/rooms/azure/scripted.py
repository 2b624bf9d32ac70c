"""A service that says what a test tells it to, and an Azure in front of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from worker.azure import Azure, AzureOptions, Limiter, LimitOptions, Timeouts, resolve
from worker.azure.sending import Timing
from worker.connections import Connection, Route, Routes
from worker.events import Event
from worker.wire import Behalf, Call, Reply, Target

_CALL = Call(path="chat/completions", body=b"{}")
_NOBODY = Behalf()

Said = Reply | int | Exception | None
"""A reply, or only its status; an error that is raised; None hangs."""


@dataclass
class Script:
    """A transport that answers with *replies* in turn."""

    replies: list[Said]
    sent: list[tuple[str, str, dict[str, str], bytes, Timeouts]] = field(default_factory=list)
    closed: bool = False

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        self.sent.append((method, url, dict(headers), body, timeouts))
        match self.replies.pop(0):
            case Reply() as reply:
                return reply
            case int(status):
                return Reply(status=status, reason="", headers=(), body=b"body")
            case None:
                await asyncio.Event().wait()
                raise AssertionError
            case error:
                raise error

    async def close(self) -> None:
        self.closed = True


@dataclass
class House:
    """An Azure over a script, with everything that it reported; its clock gains a second, or *ticks_s*, per look."""

    script: Script
    events: list[Event]
    waits_s: list[float]
    azure: Azure

    async def ask(
        self, *, second: str | None = None, timeout_s: float = 60.0, call: Call = _CALL, by: Behalf = _NOBODY
    ) -> Reply:
        connection = a_connection(second)
        routes = Routes((Route(a_target(connection), connection),))
        return await self.azure.ask(call, routes, timeout_s=timeout_s, by=by)


def a_house(*replies: Said, options: AzureOptions | None = None, ticks_s: float = 1.0) -> House:
    script, events, waits_s, ticks = Script(list(replies)), list[Event](), list[float](), count(0.0, ticks_s)

    async def sleep(wait_s: float) -> None:
        waits_s.append(wait_s)

    timing = Timing(clock=lambda: next(ticks), sleep=sleep, chance=lambda: 0.0)
    limiter = Limiter(LimitOptions(), clock=lambda: sum(waits_s))
    azure = Azure(options or AzureOptions(), transport=script, observe=events.append, limiter=limiter, timing=timing)
    return House(script, events, waits_s, azure)


def a_connection(second: str | None = None) -> Connection:
    authentication = {"type": "apiKey", "apiKey": "one"} | ({"secondaryApiKey": second} if second else {})
    return Connection.model_validate({"resource": "r", "authentication": authentication})


def a_target(connection: Connection) -> Target:
    return resolve(connection, deployment="gpt", api_version=None)
