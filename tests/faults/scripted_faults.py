"""What can happen to a call."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, TypeAlias

from grpc import StatusCode, aio

__all__ = ["Context", "Fault", "Faults"]

Context: TypeAlias = "aio.ServicerContext[Any, Any]"


@dataclass(frozen=True)
class Fault:
    """
    What happens to one call.

    First it is held for *delay_s*, None is for ever. Then it fails with *code*, if there is one; *after* says that it
    is carried out all the same, so that the caller cannot know. A stream or a poll meets it before its first job.
    """

    code: StatusCode | None = None
    details: str = "scripted"
    after: bool = False
    delay_s: float | None = 0.0


class Faults:
    """The faults that are still to happen, by RPC."""

    def __init__(self) -> None:
        self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def add(self, call: str, fault: Fault, *, times: int) -> None:
        """Let the next *times* calls meet *fault*."""
        self._next[call].extend([fault] * times)

    def clear(self) -> None:
        """Let nothing more happen."""
        self._next.clear()

    async def meet(self, call: str, context: Context) -> Fault | None:
        """Let the call meet its fault, if there is one; one that comes afterwards is given back for `follow`."""
        fault = self._next[call].popleft() if self._next[call] else None
        if fault is None:
            return None
        if fault.delay_s != 0:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=fault.delay_s)
        if fault.code is not None and not fault.after:
            await context.abort(fault.code, fault.details)
        return fault

    async def follow(self, fault: Fault | None, context: Context) -> None:
        """Fail a call that has been carried out."""
        if fault is not None and fault.after and fault.code is not None:
            await context.abort(fault.code, fault.details)
