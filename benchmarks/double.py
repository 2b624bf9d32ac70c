"""The doubles, as the driver holds them: a process each, told what to do line by line."""

import asyncio
import json
import os
import sys
from typing import Any, Self

__all__ = ["Double", "pin"]


def pin(pid: int, core: int) -> None:
    """Keep *pid* on one core (counted from the end when negative) where there are several; else leave it alone."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(pid, {cores[core]})


class Double:
    """`benchmarks.doubles.<name>` as a process, from entering to leaving."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"benchmarks.doubles.{self._name}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        pin(self._process.pid, -1)
        self.port = (await self._hear())["port"]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def tell(self, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
        """Give an order, one at a time, and wait for what came of it. RuntimeError where that is nothing."""
        assert self._process.stdin is not None  # noqa: S101 - we asked for a pipe
        self._number += 1
        self._process.stdin.write(json.dumps({"number": self._number, **order}).encode() + b"\n")
        await self._process.stdin.drain()
        while (heard := await self._hear())["number"] != self._number:
            pass  # the answer to an order that was given up
        if "error" in heard:
            raise RuntimeError(heard["error"])
        return heard

    async def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - likewise
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the {self._name} double has ended")
        heard: dict[str, Any] = json.loads(line)
        return heard
