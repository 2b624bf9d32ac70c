"""The management port: health, metrics and status."""

import json
import socket
from http import HTTPStatus

from worker.telemetry.management.health import Health
from worker.telemetry.management.page import page_of
from worker.telemetry.management.pages import HTML, JSON, Page, Pages
from worker.telemetry.metrics import CONTENT_TYPE, Metrics, exposed

__all__ = ["Management"]


class Management:
    """
    Tells at *host*:*port*, or at *listener*, how the worker is; port 0 takes a free one.

    It runs on the worker's own event loop: when that hangs, `/health/live` does not answer, which is what a liveness
    probe is to find out.
    """

    def __init__(
        self, health: Health, metrics: Metrics, *, host: str, port: int, listener: socket.socket | None = None
    ) -> None:
        self._health = health
        self._metrics = metrics
        pages = {
            "/health/live": self._live,
            "/health/ready": self._ready,
            "/metrics": self._exposed,
            "/status": self._status,
        }
        self._server = Pages(pages, host=host, port=port, listener=listener)

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return self._server.port

    async def open(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await self._server.open()

    async def close(self) -> None:
        """Listen no more."""
        await self._server.close()

    async def _live(self, _: str) -> Page:
        return Page(HTTPStatus.OK, JSON, '{"status": "UP"}')

    async def _exposed(self, _: str) -> Page:
        return Page(HTTPStatus.OK, CONTENT_TYPE, exposed(self._metrics.instruments))

    async def _ready(self, _: str) -> Page:
        reason = self._health.unready()
        if reason is None:
            return Page(HTTPStatus.OK, JSON, '{"status": "UP"}')
        return Page(HTTPStatus.SERVICE_UNAVAILABLE, JSON, json.dumps({"status": "DOWN", "reason": reason}))

    async def _status(self, accepts: str) -> Page:
        status = self._health.status()
        if "text/html" in accepts:
            return Page(HTTPStatus.OK, HTML, page_of(status))
        return Page(HTTPStatus.OK, JSON, json.dumps(status, indent=2))
