"""A real Prometheus server that scrapes one worker."""

import asyncio
import json
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.pages import page

NEEDS_PROMETHEUS = pytest.mark.skipif(
    not shutil.which("prometheus"), reason="needs Prometheus: sudo apt install prometheus"
)

_CONFIG = """
global: {{scrape_interval: 250ms, scrape_timeout: 250ms}}
scrape_configs: [{{job_name: worker, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]
"""


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Prometheus:
    """Scrapes the management port *scraped*, and keeps what it finds in *folder*."""

    scraped: int
    folder: Path

    async def __aenter__(self) -> Self:
        self._port = free_port()
        config = self.folder / "prometheus.yml"
        config.write_text(_CONFIG.format(port=self.scraped), encoding="utf-8")
        self._process = await asyncio.create_subprocess_exec(
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=error",
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()

    async def value(self, query: str) -> float | None:
        """The one number that *query* gives; None while there is none, or the server is not up yet."""
        results = await self.results(query)
        return float(results[0]["value"][1]) if results else None

    async def results(self, query: str) -> list[Mapping[str, Any]]:
        """All that *query* finds; empty also while the server is not up yet. AssertionError where it is no query."""
        try:
            status, text = await page(f"http://127.0.0.1:{self._port}/api/v1/query?{urlencode({'query': query})}")
        except aiohttp.ClientError:
            return []
        if status == HTTPStatus.SERVICE_UNAVAILABLE:  # while it starts, it says so in plain text
            return []
        found: Mapping[str, Any] = json.loads(text)
        assert found["status"] == "success", found
        return list(found["data"]["result"])
