"""The way to the gateway: a connection that is made when it is first used, and again when it is lost."""

import asyncio
from functools import lru_cache
from typing import Final

from worker.broker.options import GatewayOptions
from worker.broker.rpc.dialer import Dialer
from worker.broker.rpc.http2 import STREAM_WINDOW, Call, Connection, head_of
from worker.broker.rpc.status import RpcError, StatusCode

__all__ = ["Channel"]

_FIRST_PAUSE_S: Final = 0.5
_LONGER: Final = 1.6  # times the pause before, after each attempt in vain; doc/connection-backoff.md of grpc/grpc
_MS_PER_S: Final = 1000


class Channel:
    """
    Calls to one gateway, over one connection at a time.

    A call waits while a connection is being made; right after an attempt in vain it fails at once, for the same
    reason. To be made and closed inside the event loop that uses it. Raises as Dialer does.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        self._dialer = Dialer(options)
        authority, is_tls = self._dialer.authority, options.tls is not None
        self._head_of = lru_cache(maxsize=64)(
            lambda path, timeout_ms, authorization: head_of(
                path=path, authority=authority, is_tls=is_tls, timeout_ms=timeout_ms, authorization=authorization
            )
        )
        self._connection: Connection | None = None
        self._all: list[Connection] = []  # with those that serve their last calls
        self._connecting: asyncio.Task[None] | None = None
        self._failure: RpcError | None = None
        self._again_s = 0.0
        self._pause_s = _FIRST_PAUSE_S

    async def call(
        self, path: str, request: bytes, *, timeout_s: float, authorization: str | None, window: int = STREAM_WINDOW
    ) -> Call:
        """
        Begin a call of the method at *path*, which ends within *timeout_s*. Raises RpcError when there is no way.

        *window* is how many bytes the gateway may send ahead while somebody reads.
        """
        try:
            head = self._head_of(path, round(timeout_s * _MS_PER_S), authorization)
        except ValueError as error:
            raise RpcError(StatusCode.UNAUTHENTICATED, f"the credentials hold {error}") from error
        connection = self._connection
        if connection is None or not connection.is_open:
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            connection = await self._connected(timeout_s)
            timeout_s -= loop.time() - began_s
        return connection.open(head, request, timeout_s=timeout_s, window=window)

    async def close(self) -> None:
        """Break off what is under way; calls made later fail."""
        self._failure, self._again_s = _CLOSED, float("inf")
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        for connection in self._all:
            connection.close()
        await asyncio.sleep(0)  # they end in the loop's next step

    async def _connected(self, timeout_s: float) -> Connection:
        if self._failure is not None and asyncio.get_running_loop().time() < self._again_s:
            raise self._failure.anew()
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
        done, _ = await asyncio.wait([self._connecting], timeout=timeout_s)
        if not done:
            raise RpcError(StatusCode.DEADLINE_EXCEEDED, "")
        if self._connection is None or not self._connection.is_open:
            raise (self._failure or _LOST).anew()
        return self._connection

    async def _connect(self) -> None:
        try:
            self._connection = await self._dialer.dial()
            self._all = [*(connection for connection in self._all if not connection.is_lost), self._connection]
            self._failure, self._pause_s = None, _FIRST_PAUSE_S
        except RpcError as error:
            pause_s = min(self._pause_s, self._options.reconnect_most_s)
            self._failure, self._again_s = error, asyncio.get_running_loop().time() + pause_s
            self._pause_s = pause_s * _LONGER
        finally:
            self._connecting = None


_CLOSED: Final = RpcError(StatusCode.UNAVAILABLE, "the connection has been closed")
_LOST: Final = RpcError(StatusCode.UNAVAILABLE, "the connection was closed")
