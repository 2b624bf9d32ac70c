"""A TCP proxy on loopback: the cable between two parts, for a test to pull."""

import asyncio
from types import TracebackType
from typing import Self

__all__ = ["LooseCable"]

_AT_ONCE = 65_536


class LooseCable:
    """
    Carries bytes to *target* (`host:port`) and back while it is plugged in.

    `hold` lets nothing through and tells nobody, as a firewall that drops packets; `cut` breaks every connection and
    takes no new ones. `mend` ends both. `half_close` ends the way back of what is connected and reads on. *near* is
    where it listens, port 0 for a free one.
    """

    def __init__(self, target: str, *, near: str = "127.0.0.1:0") -> None:
        self.address = near
        self._host, _, port = target.rpartition(":")
        self._port = int(port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._callers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        host, _, port = self.address.rpartition(":")
        self._server = await asyncio.start_server(self._connected, host, int(port))
        self.address = f"{host}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Swallow nothing and pass nothing on: both sides wait."""
        self._flows.clear()

    def cut(self) -> None:
        """Break all connections."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def half_close(self) -> None:
        """Say to every caller that nothing more comes, without hanging up."""
        for writer in self._callers:
            writer.write_eof()

    def mend(self) -> None:
        """Carry again; what was held goes on."""
        self._is_cut = False
        self._flows.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        self._callers.add(writer)
        try:
            if not self._is_cut:
                await self._carry(reader, writer)
        except OSError:
            pass  # one side has hung up: so does the other
        finally:
            self._writers.discard(writer)
            self._callers.discard(writer)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._writers.add(far_writer)
        there = asyncio.create_task(self._pump(reader, far_writer))
        back = asyncio.create_task(self._pump(far_reader, writer))
        try:
            await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            self._writers.discard(far_writer)
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while taken := await reader.read(_AT_ONCE):
            await self._flows.wait()
            writer.write(taken)
            await writer.drain()
