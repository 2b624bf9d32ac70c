"""The emulator in a process of its own, so that its work is not counted as the caller's."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

import aiohttp

from worker.demo.emulator.front import control
from worker.demo.emulator.script import Answer, Rule

__all__ = ["EmulatorProcess"]

_PATIENCE_S = 20.0
_POLL_S = 0.02


class EmulatorProcess:
    """
    Runs `python -m worker.demo.emulator`, for as long as we live at most.

    *deployments* are written as its option takes them, empty: the usual ones. The package must be installed,
    or lie in the working directory.
    """

    def __init__(
        self, *, key: str = "emulator-key", latency_s: float = 0.0, port: int = 0, deployments: Sequence[str] = ()
    ) -> None:
        self.key = key
        self.url = ""
        options = ["--key-from-stdin", "--until-stdin-closes", "--latency-s", str(latency_s), "--port", str(port)]
        named = [option for deployment in deployments for option in ("--deployment", deployment)]
        self._command = [sys.executable, "-m", "worker.demo.emulator", *options, *named]
        self._process: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        """Start the process and wait until it listens; RuntimeError when it does not."""
        process = self._process = self._popen()
        try:
            self.url = await asyncio.wait_for(asyncio.to_thread(_introduce, process, self.key), _PATIENCE_S)
        except BaseException:
            await self.stop()
            raise

    def _popen(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(  # noqa: S603 - the command is our own
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    async def stop(self) -> None:
        """End the process; harmless when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        while True:
            if process.poll() is not None:
                break
            await asyncio.sleep(_POLL_S)
        if process.stdout is not None:
            process.stdout.close()

    async def books(self) -> dict[str, Any]:
        """Return what `Books` knows, as JSON."""
        found: dict[str, Any] = json.loads(await self._ask("GET", control.BOOKS))
        return found

    async def script(self, *rules: Rule) -> None:
        """Give rules, as `Emulator.script` does."""
        await self._ask("POST", control.SCRIPT, [asdict(rule) for rule in rules])

    async def next(self, *answers: Answer) -> None:
        """Give answers for the next calls, as `Emulator.next` does."""
        await self.script(*(Rule(answer=answer) for answer in answers))

    async def pace(self, **seconds: float) -> None:
        """Change `latency_s` or `chunk_pause_s`."""
        await self._ask("POST", control.PACE, seconds)

    async def reset(self) -> None:
        """Forget rules and books."""
        await self._ask("POST", control.RESET, {})

    async def _ask(self, method: str, path: str, body: object = None) -> str:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, self.url + path, json=body) as answer,
        ):
            return await answer.text()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _introduce(process: "subprocess.Popen[str]", key: str) -> str:
    """Tell the process its key and return the address that it tells us."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    process.stdin.write(f"{key}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the emulator's process has ended before it listened")
    return str(json.loads(line)["url"])
