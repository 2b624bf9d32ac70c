"""A call while it is sent, and what measures its time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from worker.azure.request import Request, Way
from worker.connections import Connection, Route
from worker.trace import Draw
from worker.wire import Behalf, Call

__all__ = ["Sending", "Timing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A clock in seconds that never goes back, how to sleep, a draw from [0, 1), and one of a number of bits."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    draw: Draw = random.getrandbits


class Sending(msgspec.Struct, kw_only=True):
    """
    A call that is sent to *route* as *request*, again and again if need be.

    *may_renew*: after a 401, another key or token is tried, once. *token_of* is as whom it has signed in.
    """

    request: Request
    way: Way
    call: Call
    route: Route
    by: Behalf
    most_attempts: int
    ends_s: float
    may_renew: bool = True
    token_of: Connection | None = None
    attempts: int = 0
    broken_off: int = 0
