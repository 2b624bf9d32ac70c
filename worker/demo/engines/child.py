"""A process of ours that ends when we end, whatever happens to us."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

__all__ = ["Child"]

_GUARD = Path(__file__).with_name("guard.py")
_POLL_S = 0.02  # a plain Popen is polled: it belongs to no event loop, so any loop may stop what another started


class Child:
    """
    A command running under a guard process (see `guard`).

    It has a process group of its own, so that a Ctrl-C typed in the terminal reaches us alone and we decide in
    which order things end.

    *scratch* is the command's working folder, removed if we vanish before the command does. What it writes
    goes to *output* (None: it is read from `stdout`) and *errors* (None: together with the output).
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        scratch: Path,
        output: IO[bytes] | None = None,
        errors: IO[bytes] | None = None,
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the command is built by this package
            [sys.executable, "-I", "-S", _GUARD, scratch, *command],
            stdin=subprocess.PIPE,
            stdout=output or subprocess.PIPE,
            stderr=errors or subprocess.STDOUT,
            start_new_session=True,
            cwd=scratch,
        )

    @property
    def pid(self) -> int:
        """The guard's process id; it lives exactly as long as the command."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How the command ended, or None while it runs."""
        return self._process.poll()

    @property
    def stdout(self) -> IO[bytes]:
        """What the command writes; only without *output*."""
        if self._process.stdout is None:
            raise RuntimeError("what the command writes goes to a file")
        return self._process.stdout

    async def terminate(self, *, patience_s: float) -> None:
        """Ask the command to end, and kill it when it has not done so after *patience_s* seconds."""
        self._order(b"t")
        try:
            async with asyncio.timeout(patience_s):
                await self.ended()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the command at once and wait until it is gone."""
        self._order(b"k")
        await self.ended()

    async def ended(self) -> int:
        """Wait for the end and return the exit code."""
        while True:
            code = self._process.poll()
            if code is not None:
                break
            await asyncio.sleep(_POLL_S)
        self._close()
        return code

    def _order(self, order: bytes) -> None:
        stdin = self._process.stdin
        if stdin is not None and not stdin.closed and self._process.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                stdin.write(order)
                stdin.flush()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
