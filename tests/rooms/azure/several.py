"""A connection with several endpoints, each of which says what a test tells it to; time passes where it is waited."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

from tests.made import a_reply
from tests.rooms.azure.scripted import Said
from worker.azure import Azure, AzureOptions, Limiter, LimitOptions, Timeouts, resolve
from worker.azure.sending import Timing
from worker.connections import Connection, Limits, Route, Routes
from worker.events import BreakerTurned, Event, FailedOver
from worker.wire import Call, Reply, Scope

CHAT = Call(path="chat/completions", body=b"{}")


def responses(body: bytes) -> Call:
    """A call of the Responses API."""
    return Call(path="responses", body=body, scope=Scope.RESOURCE)


def limited(wait_s: int) -> Said:
    """A refusal for the rate, for so long."""
    return a_reply(429, "", retry_after=str(wait_s))


@dataclass
class Regions:
    """A transport: each host answers with its own replies in turn, then with 200."""

    says: Mapping[str, list[Said]]
    sent: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        assert (method, timeouts.connect_s) == ("POST", 10.0)
        host = (urlsplit(url).hostname or "").partition(".")[0]
        self.sent.append(host)
        self.bodies.append(body)
        self.headers.append(headers)
        replies = self.says.get(host, [])
        match replies.pop(0) if replies else 200:
            case Reply() as reply:
                return reply
            case int(status):
                return Reply(status=status, reason="", headers=(), body=b"{}")
            case None:
                await asyncio.Event().wait()
                raise AssertionError
            case error:
                raise error

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Several:
    """An Azure over regions, what it reported, and how long it waited."""

    regions: Regions
    routes: Routes
    events: list[Event]
    waits_s: list[float]
    azure: Azure
    now_s: list[float]

    async def ask(self, call: Call = CHAT, *, timeout_s: float = 600.0) -> Reply:
        return await self.azure.ask(call, self.routes, timeout_s=timeout_s)

    @property
    def sent(self) -> list[str]:
        """The endpoints that were asked, in order."""
        return self.regions.sent

    def failovers(self) -> list[tuple[str, str]]:
        """Cause and destination of each."""
        told = [event for event in self.events if isinstance(event, FailedOver)]
        return [(event.cause, event.to_deployment) for event in told]

    def changes(self) -> list[tuple[str, str]]:
        """Endpoint and state of each change of a breaker."""
        told = [event for event in self.events if isinstance(event, BreakerTurned)]
        return [(event.deployment, event.state) for event in told]


def evenly() -> Callable[[], float]:
    """Draws from [0, 1) that are spread more evenly than chance would: multiples of the golden ratio."""
    numbers = count(1)
    return lambda: next(numbers) * 0.6180339887498949 % 1


def several(
    says: Mapping[str, list[Said]],
    *places: tuple[str, int, float],
    options: AzureOptions | None = None,
    limits: Limits | None = None,
    keys: Sequence[str] = (),
) -> Several:
    """*places* are (resource, priority, weight), by default `ptu` before `payg`; each deploys its own name."""
    given = places or (("ptu", 1, 1.0), ("payg", 2, 1.0))
    regions, events, waits_s, now_s = Regions(says), list[Event](), list[float](), [0.0]

    async def sleep(wait_s: float) -> None:
        waits_s.append(wait_s)
        now_s[0] += wait_s

    timing = Timing(clock=lambda: now_s[0], sleep=sleep, chance=evenly())
    limiter = Limiter(LimitOptions(), clock=lambda: now_s[0])
    azure = Azure(options or AzureOptions(), transport=regions, observe=events.append, limiter=limiter, timing=timing)
    routes = [_route(*place, key=keys[number] if keys else "k") for number, place in enumerate(given)]
    return Several(regions, Routes(tuple(routes), "main", limits), events, waits_s, azure, now_s)


def _route(resource: str, priority: int, weight: float, *, key: str) -> Route:
    connection = Connection.model_validate({"resource": resource, "authentication": {"type": "apiKey", "apiKey": key}})
    return Route(resolve(connection, deployment=resource, api_version=None), connection, priority, weight)
