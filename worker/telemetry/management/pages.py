"""A few pages over HTTP, for probes, Prometheus and people."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

__all__ = ["HTML", "JSON", "Page", "Pages"]

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
_PATIENCE_S: Final = 5.0
_LINES_AT_MOST: Final = 100


class Page(NamedTuple):
    """One answer."""

    status: HTTPStatus
    content_type: str
    text: str


class Pages:
    """
    Answers GET and HEAD at *host*:*port*, or at *listener*, one request for each connection; port 0 takes a free one.

    *pages* are made when they are asked for, by path; each is told what `Accept` says.
    """

    def __init__(
        self,
        pages: Mapping[str, Callable[[str], Awaitable[Page]]],
        *,
        host: str,
        port: int,
        listener: socket.socket | None = None,
    ) -> None:
        self._pages = pages
        self._host = host
        self._port = port
        self._listener = listener
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._port

    async def open(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        if self._listener is not None:
            self._server = await asyncio.start_server(self._serve, sock=self._listener)
        else:
            self._server = await asyncio.start_server(self._serve, self._host, self._port)

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                method, target, accepts = await _request(reader)
                page = await self._page(method, target, accepts)
                writer.write(_response(page, is_head=method == "HEAD"))
                await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked went away, took too long, or does not speak HTTP
        finally:
            writer.close()

    async def _page(self, method: str, target: str, accepts: str) -> Page:
        page = self._pages.get(target.partition("?")[0])
        if page is None:
            known = ", ".join(self._pages)
            return Page(HTTPStatus.NOT_FOUND, JSON, json.dumps({"error": f"wanted one of {known}"}))
        if method not in {"GET", "HEAD"}:
            return Page(HTTPStatus.METHOD_NOT_ALLOWED, JSON, '{"error": "wanted GET or HEAD"}')
        return await page(accepts)


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, str]:
    """Method, target and the `Accept` header. Raises ValueError for what is no request."""
    method, target, _ = (await reader.readuntil(b"\n")).decode("latin-1").split()
    accepts = ""
    for _ in range(_LINES_AT_MOST):
        line = (await reader.readuntil(b"\n")).decode("latin-1").strip()
        if not line:
            return method, target, accepts
        name, _, value = line.partition(":")
        if name.lower() == "accept":
            accepts = value
    raise ValueError("more header lines than any probe sends")


def _response(page: Page, *, is_head: bool) -> bytes:
    body = page.text.encode()
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\ncontent-type: {page.content_type}\r\n"
        f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if is_head else body)
