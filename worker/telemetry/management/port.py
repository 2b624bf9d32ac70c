"""The management port: health, metrics and status, for probes, Prometheus and people."""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from worker.telemetry.management.health import Health
from worker.telemetry.management.page import page_of
from worker.telemetry.metrics import CONTENT_TYPE, Metrics, exposed

__all__ = ["Management"]

_PATIENCE_S: Final = 5.0
_LINES_AT_MOST: Final = 100
_JSON: Final = "application/json"
_HTML: Final = "text/html; charset=utf-8"


class _Page(NamedTuple):
    status: HTTPStatus
    content_type: str
    text: str


class Management:
    """
    Answers GET and HEAD at *host*:*port*, one request for each connection; port 0 takes a free one.

    It runs on the worker's own event loop: when that hangs, `/health/live` does not answer, which is what a liveness
    probe is to find out.
    """

    def __init__(self, health: Health, metrics: Metrics, *, host: str, port: int) -> None:
        self._health = health
        self._metrics = metrics
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._pages: Mapping[str, Callable[[str], _Page]] = {
            "/health/live": lambda _: _Page(HTTPStatus.OK, _JSON, '{"status": "UP"}'),
            "/health/ready": self._ready,
            "/metrics": lambda _: _Page(HTTPStatus.OK, CONTENT_TYPE, exposed(self._metrics.instruments)),
            "/status": self._status,
        }

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._port

    async def open(self) -> None:
        """Listen. Raises OSError where the port is taken."""
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
                page = self._page(method, target, accepts)
                writer.write(_response(page, is_head=method == "HEAD"))
                await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked went away, took too long, or does not speak HTTP
        finally:
            writer.close()

    def _page(self, method: str, target: str, accepts: str) -> _Page:
        page = self._pages.get(target.partition("?")[0])
        if page is None:
            known = ", ".join(self._pages)
            return _Page(HTTPStatus.NOT_FOUND, _JSON, json.dumps({"error": f"wanted one of {known}"}))
        if method not in {"GET", "HEAD"}:
            return _Page(HTTPStatus.METHOD_NOT_ALLOWED, _JSON, '{"error": "wanted GET or HEAD"}')
        return page(accepts)

    def _ready(self, _: str) -> _Page:
        reason = self._health.unready()
        if reason is None:
            return _Page(HTTPStatus.OK, _JSON, '{"status": "UP"}')
        return _Page(HTTPStatus.SERVICE_UNAVAILABLE, _JSON, json.dumps({"status": "DOWN", "reason": reason}))

    def _status(self, accepts: str) -> _Page:
        status = self._health.status()
        if "text/html" in accepts:
            return _Page(HTTPStatus.OK, _HTML, page_of(status))
        return _Page(HTTPStatus.OK, _JSON, json.dumps(status, indent=2))


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


def _response(page: _Page, *, is_head: bool) -> bytes:
    body = page.text.encode()
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\ncontent-type: {page.content_type}\r\n"
        f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if is_head else body)
