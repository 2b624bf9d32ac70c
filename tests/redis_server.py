"""A real Redis (or Valkey) on loopback, for a test to end and start again."""

import asyncio
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.lab import eventually
from tests.prometheus import free_port

__all__ = ["RedisServer"]


class RedisServer:
    """Keeps nothing on disk; its port stays the same over `stop` and `start`. Skips where there is none."""

    def __init__(self, folder: Path) -> None:
        self._command = shutil.which("redis-server") or shutil.which("valkey-server")
        if self._command is None:
            pytest.skip("needs Debian's package redis-server or valkey-server")
        self._folder = folder
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it and wait until it listens."""
        assert self._command is not None
        self._process = await asyncio.create_subprocess_exec(
            self._command, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder),
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await eventually(self._listens, what="redis-server")

    async def stop(self) -> None:
        """End it like a power cut."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.close()
        return True

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
