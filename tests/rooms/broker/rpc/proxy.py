"""An HTTP proxy on loopback, as small as CONNECT allows."""

import asyncio
from contextlib import suppress
from typing import Self

__all__ = ["OPENED", "Proxy"]

OPENED = b"HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n"


class Proxy:
    """
    Leads to *target* (a port), whatever it is asked for, if it *says* so; otherwise it only says that.

    With *is_eager* the gateway's first bytes come in one piece with the proxy's own.
    """

    def __init__(self, target: int = 0, *, says: bytes = OPENED, is_eager: bool = False) -> None:
        self.heads: list[list[str]] = []
        self.port = 0
        self._target = target
        self._says = says
        self._is_eager = is_eager
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode().split("\r\n")[:-2])
        if self._says == OPENED:
            self._tasks.append(asyncio.create_task(self._lead(reader, writer)))
            return
        writer.write(self._says)
        await writer.drain()
        writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(OPENED + (await far_reader.read(1000) if self._is_eager else b""))
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            writer.close()
            far_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()
