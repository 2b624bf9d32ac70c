"""Starts the processes, and sees that there are always as many as are wanted."""

import asyncio
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from worker.events import DrainStarted, ManagementFailed, Observe, ProcessDied, Stopped
from worker.processes.front import Front
from worker.processes.shares import shared_environment
from worker.settings import Settings
from worker.stop import Stop
from worker.telemetry import Logs

__all__ = ["Child", "supervise"]

_WRONG_SETTING: Final = 2
_FIRST_PAUSE_S: Final = 0.5
_MOST_PAUSE_S: Final = 30.0
_LIVED_S: Final = 60.0  # a process that ran for so long is started anew without having to wait
_AFTER_GRACE_S: Final = 20.0  # a process gives back what is left and closes; one that takes longer hangs


async def supervise(settings: Settings, given: Mapping[str, str], count: int) -> int:
    """Keep *count* processes at work until SIGTERM or SIGINT; then wait for them to drain. The exit code."""
    observe = Logs(level=settings.worker_log_level, form=settings.worker_log_format, rooms=settings.worker_log_levels)
    stop = Stop()
    stop.listen()
    children: list[Child] = []
    host, port = settings.worker_management_host, settings.worker_management_port
    front = Front(children, host=host, port=port)
    try:
        if port:
            await _open(front, f"{host}:{port}", observe)
        # Not before: each takes any free port for pages of its own, which could be that one.
        for number in range(1, count + 1):
            environment = shared_environment(settings, given, number=number, count=count)
            children.append(Child(number, environment, observe=observe, stop=stop))
        ending = asyncio.create_task(_end(children, stop, observe, grace_s=settings.worker_drain_grace_s))
        codes = await asyncio.gather(*(child.keep() for child in children))
        ending.cancel()
    finally:
        await front.close()
        for child in children:
            child.close()
    observe(Stopped())
    return max(codes)


async def _open(front: Front, address: str, observe: Observe) -> None:
    try:
        await front.open()
    except OSError as error:
        observe(ManagementFailed(address=address, cause=error.strerror or str(error)))


async def _end(children: "list[Child]", stop: Stop, observe: Observe, *, grace_s: float) -> None:
    await stop.asked.wait()
    observe(DrainStarted(in_flight=0, grace_s=grace_s))
    for child in children:
        child.tell()
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.hurried.wait(), grace_s + _AFTER_GRACE_S)
    for child in children:
        child.tell()
    await asyncio.sleep(_AFTER_GRACE_S)
    for child in children:
        child.kill()


class Child:
    """
    The process *number*, over and over again until *stop* asks.

    Its management port is a socket that we open, so that it stays the same when the process does not.
    """

    def __init__(self, number: int, environment: Mapping[str, str], *, observe: Observe, stop: Stop) -> None:
        self.number = number
        self.starts = 0
        self._environment = environment
        self._observe = observe
        self._stop = stop
        self._process: Process | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def pid(self) -> int | None:
        """Its process's id; None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep(self) -> int:
        """Start it, and start it anew whenever it ends by itself. The last exit code."""
        pause_s = _FIRST_PAUSE_S
        while True:
            began_s = time.monotonic()
            code = await self._run()
            if self._stop.asked.is_set():
                return code
            if code == _WRONG_SETTING:  # it has said what; the others will come to the same
                self._stop.ask()
                return code
            pause_s = _FIRST_PAUSE_S if time.monotonic() - began_s > _LIVED_S else min(_MOST_PAUSE_S, pause_s * 2)
            self._observe(ProcessDied(number=self.number, code=code, retry_in_s=pause_s))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.asked.wait(), pause_s)
                return 0

    def tell(self) -> None:
        """Ask it to drain, or to hurry."""
        if self._process is not None and self.pid is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it."""
        if self._process is not None and self.pid is not None:
            self._process.kill()

    def close(self) -> None:
        """Give its port back."""
        self.kill()
        self._listener.close()

    async def _run(self) -> int:
        self.starts += 1
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "worker.processes.child",
            str(self._listener.fileno()),
            env=self._environment,
            stdin=PIPE,  # whose end tells it that we are gone
            pass_fds=(self._listener.fileno(),),
            start_new_session=True,  # Ctrl-C reaches us alone: a second signal would cut its drain short
        )
        if self._stop.asked.is_set():  # meanwhile
            self.tell()
        return await self._process.wait()
