"""
The direct path: POSTs to a service that is reached without a proxy, which is nearly all that a worker ever sends.

It is a pool and a parser and nothing else: a call costs a fifth of what it costs in a general client. Whatever is
out of the ordinary is not its business; `takes` says so.
"""

import asyncio
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import aiohappyeyeballs

from worker.azure.guard import AddressGuard
from worker.azure.options import AzureOptions
from worker.azure.transport.exchange import Connection, CutOff, NoAnswer, NotHttp, Silence
from worker.azure.transport.seam import Timeouts
from worker.wire import Reply

__all__ = [
    "FAILURES",
    "Direct",
    "NotConnected",
    "NotInTime",
    "Place",
    "add_authorities",
    "head_of",
    "place_of",
    "trusted",
]

_PORTS: Final = {"http": 80, "https": 443}
_NEXT_ADDRESS_AFTER_S: Final = 0.25  # RFC 8305: how long one address has before the next is tried beside it


class NotConnected(Exception):
    """No connection could be made, because of *os_error*."""

    def __init__(self, os_error: OSError) -> None:
        super().__init__()
        self.os_error = os_error


class NotInTime(Exception):
    """No connection could be made within the time-out."""


FAILURES: Final = (NotConnected, NotInTime, NoAnswer, CutOff, NotHttp, Silence, OSError)
"""What a POST can end in, beside InvalidResponse."""


class Place(NamedTuple):
    """Where a request goes: connections are pooled by it."""

    is_tls: bool
    host: str
    port: int


class Head(NamedTuple):
    """A URL, taken apart: *line* is the request's first lines, up to the headers that differ."""

    place: Place
    line: str


@lru_cache(maxsize=1024)
def place_of(url: str) -> Head | None:
    """Take *url* apart. None where it has anything that a plain one has not."""
    try:
        parts = urlsplit(url)
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError):
        return None
    host, target = parts.hostname, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc and "#" not in url
    if not host or not plain or port == 0 or "%" in host:
        return None
    return Head(Place(parts.scheme == "https", host, port), f"POST {target} HTTP/1.1\r\nhost: {parts.netloc}\r\n")


def head_of(line: str, headers: Mapping[str, str], body: bytes) -> bytes | None:
    """The request's head: *line*, which is from `place_of`, and the rest. None where a header is not one plain line."""
    lines = [*map(": ".join, headers.items())]
    together = "".join(lines)
    if "\n" in together or "\r" in together or "\0" in together or not together.isascii():
        return None
    return "\r\n".join([f"{line}accept: */*", *lines, f"content-length: {len(body)}", "\r\n"]).encode("ascii")


class Direct:
    """
    A pool over all hosts. *trust* gives the TLS context, when the first one is needed.

    Connections are not limited in number unless *options* say so: the worker's permits are the limit.
    """

    def __init__(self, options: AzureOptions, *, trust: Callable[[], ssl.SSLContext]) -> None:
        self._options = options
        self._trust = trust
        self._guard = AddressGuard(options.denied_addresses) if options.denied_addresses else None
        self._tls: ssl.SSLContext | None = None
        self._idle: dict[Place, deque[Connection]] = defaultdict(deque)
        self._all: set[Connection] = set()
        self._addresses: dict[tuple[str, int], tuple[float, list[aiohappyeyeballs.AddrInfoType]]] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Semaphore(options.max_connections) if options.max_connections else None

    def post(self, place: Place, head: bytes, body: bytes, *, timeouts: Timeouts) -> Awaitable[Reply]:
        """
        Bring the answer, its body still encoded.

        Raises as `Connection.exchange` does, and NotConnected, NotInTime, SSLError, gaierror.
        """
        if self._room is None:
            return self._exchanged(place, head, body, timeouts)
        return _in_room(self._room, partial(self._exchanged, place, head, body, timeouts))

    def close(self) -> None:
        """Hang up everywhere."""
        if self._sweep is not None:
            self._sweep.cancel()
        for connection in list(self._all):
            connection.close()

    async def _exchanged(self, place: Place, head: bytes, body: bytes, timeouts: Timeouts) -> Reply:
        connection = self._waiting(place) or await self._connected(place, timeouts.connect_s)
        try:
            answer = await connection.exchange(head, body, read_s=timeouts.read_s)
        except BaseException:  # cancelled, most of all
            connection.close()
            raise
        if connection.is_open:
            self._keep(place, connection)
        else:
            connection.close()
        return answer

    def _waiting(self, place: Place) -> Connection | None:
        idle = self._idle[place]
        oldest_s = self._loop.time() - self._options.keepalive_s
        while idle:
            connection = idle.pop()  # the one used last: it is the least likely to have been closed
            if connection.is_open and connection.idle_since_s > oldest_s:
                return connection
            connection.close()
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        connection.idle_since_s = now_s = self._loop.time()
        if now_s - connection.opened_s >= self._options.connection_age_most_s:
            connection.close()
            return
        self._idle[place].append(connection)
        if self._sweep is None:
            self._sweep = self._loop.call_later(self._options.keepalive_s, self._close_old)

    def _close_old(self) -> None:
        oldest_s = self._loop.time() - self._options.keepalive_s
        for idle in self._idle.values():
            while idle and (idle[0].idle_since_s <= oldest_s or not idle[0].is_open):
                idle.popleft().close()
        left = any(self._idle.values())
        self._sweep = self._loop.call_later(self._options.keepalive_s / 2, self._close_old) if left else None

    async def _connected(self, place: Place, connect_s: float) -> Connection:
        connection: Connection | None = None
        try:
            async with asyncio.timeout(connect_s):
                connection = await self._connect(place)
        except TimeoutError:
            raise NotInTime from None
        except (ssl.SSLError, socket.gaierror):
            raise
        except OSError as error:
            raise NotConnected(error) from None
        connection.opened_s = self._loop.time()
        self._all.add(connection)
        return connection

    async def _connect(self, place: Place) -> Connection:
        try:
            return await self._opened(place, await self._resolved(place))
        except (OSError, asyncio.CancelledError):  # refused, or silent until the time-out
            self._addresses.pop((place.host, place.port), None)  # the service may have moved
            raise

    async def _opened(self, place: Place, addresses: list[aiohappyeyeballs.AddrInfoType]) -> Connection:
        reached = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S, interleave=1, socket_factory=self._guard
        )
        tls = self._tls = (self._tls or self._trust()) if place.is_tls else self._tls
        try:
            _, connection = await self._loop.create_connection(
                lambda: Connection(self._options.max_response_bytes, self._all.discard),
                sock=reached,
                ssl=tls if place.is_tls else None,
                server_hostname=place.host.rstrip(".") if place.is_tls else None,
            )
        except BaseException:
            reached.close()
            raise
        return connection

    async def _resolved(self, place: Place) -> list[aiohappyeyeballs.AddrInfoType]:
        loop = self._loop
        key = (place.host, place.port)
        until_s, addresses = self._addresses.get(key, (0.0, []))
        if loop.time() >= until_s or not addresses:
            addresses = list(await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM))
            self._addresses[key] = (loop.time() + self._options.dns_cache_s, addresses)
        return addresses


async def _in_room(room: asyncio.Semaphore, exchange: Callable[[], Awaitable[Reply]]) -> Reply:
    async with room:
        return await exchange()


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the system's authorities, and those of *ca_file* (PEM) as well. ValueError where it is not usable."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        add_authorities(context, ca_file)
    return context


def add_authorities(context: ssl.SSLContext, ca_file: Path) -> None:
    """Let *context* trust the authorities in *ca_file* (PEM). ValueError where it is not usable."""
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # SSLError is one
        reason = error.strerror or "no certificate found"
        message = f"ca_file: wanted a file of PEM certificates, but '{ca_file}' is not usable: {reason}"
        raise ValueError(message) from error
