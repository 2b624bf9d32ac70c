"""The worker as a process of its own, as an operator would start it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

from tests.canary import CANARY, Canary
from tests.waiting import PATIENCE_S, eventually

__all__ = ["WorkerProcess"]

# At debug it logs the text of failures too, which is kept out of logs otherwise
_SAYS_ALL = {"WORKER_MANAGEMENT_PORT": "0", "WORKER_LOG_LEVEL": "debug", "WORKER_LOG_LEVELS": "connector=debug"}


@dataclass
class WorkerProcess:
    """
    `python -m worker run`, as an operator would start it. *log* grows line by line.

    It tells everything that it can: what it logs below its usual level, prints, and shows at its port is searched for
    the run's key, but stands in *log* only where a test asks for that level.
    """

    environment: Mapping[str, str]
    log: list[dict[str, Any]] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    command: Sequence[str] = ("-m", "worker")
    canary: Canary = CANARY

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self.command, "run",
            env={**_bare_environment(), **_SAYS_ALL, **self.environment},
            cwd=Path(__file__).parents[1],
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reading = asyncio.gather(self._read(), self._read_output())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            await self.look_at_port()
            self.process.kill()
        await self.process.wait()
        await self._reading

    def terminate(self) -> None:
        """As Kubernetes does before it takes a pod away."""
        self.process.send_signal(signal.SIGTERM)

    async def ends(self) -> int:
        """Wait for the exit code."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def says(self, event: str, **facts: object) -> dict[str, Any]:
        """Wait for a log line of *event* with *facts* in it."""

        def line() -> dict[str, Any] | None:
            return next((entry for entry in self.log if _matches(entry, event, facts)), None)

        return await eventually(line, what=f"the log line {event!r} {facts}, in {self.log[-20:]} {self.noise[-20:]}")

    def said(self, event: str) -> list[dict[str, Any]]:
        """Every log line of *event* so far."""
        return [entry for entry in self.log if entry["event"] == event]

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self.canary.saw("a worker's log", raw)
            try:
                line = json.loads(raw)
            except ValueError:
                self.noise.append(raw.decode(errors="replace"))
            else:
                if line.get("level") != "debug" or "WORKER_LOG_LEVEL" in self.environment:
                    self.log.append(line)

    async def _read_output(self) -> None:
        assert self.process.stdout is not None
        self.canary.saw("a worker's output", await self.process.stdout.read())

    async def look_at_port(self) -> None:
        """What a worker shows of itself, before it ends."""
        port = self.environment.get("WORKER_MANAGEMENT_PORT", "0")
        for page in ("metrics", "status") if port != "0" else ():
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with (
                    aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                    session.get(f"http://127.0.0.1:{port}/{page}") as shown,
                ):
                    self.canary.saw(f"/{page}", await shown.read())


def _matches(entry: Mapping[str, Any], event: str, facts: Mapping[str, object]) -> bool:
    return entry["event"] == event and all(entry.get(name) == value for name, value in facts.items())


def _bare_environment() -> dict[str, str]:
    """Ours, without anything that would configure a worker."""
    configures = ("ZEEBE_", "CAMUNDA_", "WORKER_", "SECRET_", "AZURE_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(configures)}
