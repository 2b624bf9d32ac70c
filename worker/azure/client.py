"""The door to the service: one call in, one reply out, whatever its status."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from worker.azure.authentication import headers_of, second_headers_of
from worker.azure.endpoint import url
from worker.azure.options import AzureOptions
from worker.azure.transport import AiohttpTransport, Timeouts, Transport
from worker.connection import Connection
from worker.errors import TimedOut
from worker.events import CallFinished, Observe
from worker.wire import Call, Reply, Target

__all__ = ["Azure"]

_REFUSED = 401


class Azure:
    """
    Asks the service.

    *transport* None means a pool of its own, opened with the first call. *clock* counts seconds and never goes back.
    Every exchange is reported as CallFinished, the refused one before a second key included.
    """

    def __init__(
        self,
        options: AzureOptions,
        *,
        transport: Transport | None = None,
        observe: Observe,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport or AiohttpTransport(options)
        self._timeouts = Timeouts(connect_s=options.connect_timeout_s, read_s=options.read_timeout_s)
        self._always = {"user-agent": options.user_agent, "accept-encoding": "gzip, deflate"}
        self._observe = observe
        self._clock = clock

    async def ask(self, call: Call, target: Target, connection: Connection, *, timeout_s: float) -> Reply:
        """
        Bring the service's answer to *call*, of any status, within *timeout_s* seconds all in all.

        A 401 is asked once more with the connection's secondary key, if there is one. Raises CallError where no usable
        answer came, and InputError where the call cannot be put into a request.
        """
        address = url(target, call)
        first = self._headers(call, headers_of(connection))
        if timeout_s <= 0:
            raise _too_late(timeout_s)
        started_s = self._clock()
        attempts = 1
        try:
            async with asyncio.timeout(timeout_s):
                reply = await self._exchange(call, target, address, first)
                if reply.status == _REFUSED and (second := second_headers_of(connection)) is not None:
                    attempts = 2
                    reply = await self._exchange(call, target, address, self._headers(call, second))
        except TimeoutError:
            raise _too_late(timeout_s) from None  # the cause is our own cancellation and says nothing
        return replace(reply, duration_s=self._clock() - started_s, attempts=attempts)

    async def close(self) -> None:
        """Close every connection. Calls under way fail as Unreachable, and none may follow."""
        await self._transport.close()

    def _headers(self, call: Call, credentials: Mapping[str, str]) -> dict[str, str]:
        headers = {**self._always, **credentials}
        if call.body:
            headers["content-type"] = call.content_type
        return headers

    async def _exchange(self, call: Call, target: Target, address: str, headers: Mapping[str, str]) -> Reply:
        started_s = self._clock()
        status: int | None = None
        try:
            reply = await self._transport.send(call.method, address, headers, call.body, timeouts=self._timeouts)
            status = reply.status
            return reply
        finally:
            duration_s = self._clock() - started_s
            self._observe(CallFinished(deployment=target.deployment, status=status, duration_s=duration_s))


def _too_late(timeout_s: float) -> TimedOut:
    return TimedOut(f"no complete answer within {timeout_s:g} s (the task's options.timeout)")
