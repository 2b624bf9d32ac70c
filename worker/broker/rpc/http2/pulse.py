"""Whether the peer is still there: a connection can be dead for hours without a sign."""

import asyncio
from collections.abc import Callable

from worker.broker.options import GatewayOptions

__all__ = ["Pulse"]


class Pulse:
    """
    Calls *ping* after a long silence, if it *is_needed* just then, and *stop* with the cause when nothing comes back.

    How long, *options* say.
    """

    def __init__(
        self,
        options: GatewayOptions,
        *,
        is_needed: Callable[[], bool],
        ping: Callable[[], object],
        stop: Callable[[str], object],
    ) -> None:
        self._options = options
        self._is_needed = is_needed
        self._ping = ping
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._felt_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Watch from now on."""
        self.felt()
        self._timer = self._loop.call_later(self._options.keepalive_s, self._look)

    def felt(self) -> None:
        """Something has come."""
        self._felt_s = self._loop.time()

    def end(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        silent_s = self._loop.time() - self._felt_s
        if not self._is_needed() or silent_s < self._options.keepalive_s:
            rest_s = max(self._options.keepalive_s - silent_s, 0) or self._options.keepalive_s
            self._timer = self._loop.call_later(rest_s, self._look)
        else:
            self._ping()
            self._timer = self._loop.call_later(self._options.keepalive_timeout_s, self._judge, self._loop.time())

    def _judge(self, pinged_s: float) -> None:
        if self._felt_s < pinged_s:
            self._stop("the connection went silent")
        else:
            self._look()
