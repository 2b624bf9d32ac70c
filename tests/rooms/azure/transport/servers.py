"""Real servers on loopback that behave as badly as a test asks for."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar


@dataclass
class Server:
    """
    One listening port and what arrived there.

    *requests* are the first lines of what handlers read by `request`. *arrived* gets an item per request, *gone* one
    per connection that ended.
    """

    port: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    arrived: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)
    gone: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)

    @property
    def http(self) -> str:
        """The address without TLS."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def https(self) -> str:
        """The address with TLS, under the name that the certificate has."""
        return f"https://localhost:{self.port}"

    async def request(self, reader: asyncio.StreamReader) -> None:
        """Read one request, or raise IncompleteReadError at the end of the connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(first)
        self.headers.append(headers)
        self.bodies.append(body)
        self.arrived.put_nowait(None)


_T = TypeVar("_T")


class Run(Protocol):
    """Runs one coroutine on an event loop of its own."""

    def __call__(self, scenario: Coroutine[None, None, _T], /) -> _T: ...


Handler = Callable[[Server, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve until the block ends; when a handler returns, its connection is reset."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                await handler(server, reader, writer)
        finally:
            writer.transport.abort()
            tasks.discard(task)
            server.gone.put_nowait(None)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls, backlog=512)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def http(body: bytes = b"", *lines: str, status: str = "200 OK") -> bytes:
    """An HTTP answer with a body of stated length."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines])
    return f"{head}\r\n\r\n".encode() + body


def answering(*answers: bytes) -> Handler:
    """Answer each request on a connection with the next of *answers*, and the last one for ever."""

    async def handler(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = list(answers)
        while True:
            await server.request(reader)
            writer.write(rest.pop(0) if len(rest) > 1 else rest[0])
            await writer.drain()

    return handler


def ending(answer: bytes) -> Handler:
    """Read one request, answer it, and end the connection in good order."""

    async def handler(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.request(reader)
        writer.write(answer)
        writer.write_eof()
        await reader.read()

    return handler


async def hanging(server: Server, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Read one request, then say nothing until the caller leaves."""
    await server.request(reader)
    await reader.read()


async def silent(_server: Server, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Never say anything, not even in TLS's handshake."""
    while await reader.read(65536):
        pass


async def resetting(server: Server, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Read one request, then reset."""
    await server.request(reader)


def unused_port() -> int:
    """Find a port where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
