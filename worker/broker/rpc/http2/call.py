"""One call: a request out, messages in, a status at the end."""

import asyncio
from typing import Final, Protocol

from worker.broker.rpc.http2.frames import STREAM_WINDOW
from worker.broker.rpc.status import RpcError, StatusCode
from worker.timers import Timers

__all__ = ["Call", "Line"]

_PREFIX_BYTES: Final = 5  # before each message: whether it is compressed, and its length in four bytes


class Line(Protocol):
    """What a call needs of its connection."""

    loop: asyncio.AbstractEventLoop
    timers: Timers

    def widen(self, call: "Call", by_bytes: int) -> None:
        """Let the peer send so much more for this call."""

    def leave(self, call: "Call") -> None:
        """Tell the peer that nobody listens any more."""


class Call:
    """
    A call on *line*. Whoever made it reads what comes, and cancels it when done with it, also after its end.

    The peer may send `ahead` bytes (*window* at first) while somebody waits, and the rest of a message that has begun;
    what nobody reads stays with the peer, but for as much. Messages of over *limit_bytes* break the call off.
    """

    __slots__ = (
        "_error",
        "_is_over",
        "_limit",
        "_line",
        "_messages",
        "_part",
        "_waiter",
        "_window",
        "ahead",
        "ends_s",
        "is_answered",
        "number",
        "send_window",
        "unsent",
    )

    def __init__(self, line: Line, request: bytes, *, timeout_s: float, window: int, limit_bytes: int) -> None:
        self.number = 0  # of its stream, once it has one
        self.is_answered = False  # whether the response has begun
        self.unsent: bytes | memoryview = b"\0" + len(request).to_bytes(4) + request
        self.send_window = 0
        self._line = line
        self.ahead = window
        self._window = STREAM_WINDOW
        self._limit = limit_bytes
        self._messages: list[bytes] = []  # few at any time: the window bounds them
        self._part = bytearray()  # of a message that is still coming
        self._is_over = False
        self._error: RpcError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.ends_s = line.loop.time() + timeout_s
        line.timers.add(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes, though what has come may still be unread."""
        return self._is_over

    async def read(self) -> bytes | None:
        """The next message, None after the last. Raises RpcError when the call ended badly."""
        while not self._messages:
            if self._is_over:
                self._raise()
                return None
            await self._news()
        return self._messages.pop(0)

    async def reply(self) -> bytes:
        """The one message of a call that is answered with one. Raises RpcError, also when there is not just one."""
        try:
            while not self._is_over:
                await self._news()
        finally:
            self.cancel()  # nobody else will
        self._raise()
        if len(self._messages) != 1:
            raise RpcError(StatusCode.INTERNAL, f"wanted one message, got {len(self._messages)}")
        return self._messages[0]

    def unread(self) -> list[bytes]:
        """Take all messages that have come and that nobody has read."""
        messages, self._messages = self._messages, []
        return messages

    def cancel(self) -> None:
        """Leave, if it is not over; whoever waits for it gets CANCELLED."""
        if not self._is_over:
            self.fail(RpcError(StatusCode.CANCELLED, "cancelled by the caller"))

    def began(self) -> None:
        """Its stream has been opened."""
        if self._listener is not None:
            self._make_room()

    def take(self, payload: bytes, *, flow_bytes: int) -> None:
        """A part of the messages has come, for which the peer has used *flow_bytes* of its room."""
        self._window -= flow_bytes
        if not self.is_answered:
            self.fail(RpcError(StatusCode.INTERNAL, "a message came before the response's headers"))
            return
        if self._window < 0:
            self.fail(RpcError(StatusCode.INTERNAL, "more came than there was room for"))
            return
        size = len(payload) - _PREFIX_BYTES
        if not self._part and size == int.from_bytes(payload[1:_PREFIX_BYTES]) <= self._limit and not payload[0]:
            self._messages.append(payload[_PREFIX_BYTES:])  # one message, and all of it
        else:
            self._part += payload
            self._split()
        if self._messages:
            self._wake()
        elif self._listener is not None:
            self._make_room()

    def end(self, error: RpcError | None) -> None:
        """Nothing more comes; *error* is why, None for a good end."""
        if self._is_over:
            return
        if error is None and self._part:
            error = RpcError(StatusCode.INTERNAL, "the call ended within a message")
        self._is_over, self._error = True, error
        self._line.timers.discard(self)
        self.unsent = b""
        self._wake()

    def fail(self, error: RpcError) -> None:
        """End because of *error*, and tell the peer."""
        if not self._is_over:
            self.end(error)
            self._line.leave(self)

    def expire(self) -> None:
        """See Timed."""
        self.fail(RpcError(StatusCode.DEADLINE_EXCEEDED, ""))

    def _split(self) -> None:
        part = self._part
        while len(part) >= _PREFIX_BYTES:
            size = int.from_bytes(part[1:_PREFIX_BYTES])
            if part[0]:
                self.fail(RpcError(StatusCode.INTERNAL, "a compressed message, though none was asked for"))
                return
            if size > self._limit:
                self.fail(
                    RpcError(
                        StatusCode.RESOURCE_EXHAUSTED, f"received message larger than max ({size} vs. {self._limit})"
                    )
                )
                return
            if len(part) < size + _PREFIX_BYTES:
                return
            self._messages.append(bytes(part[_PREFIX_BYTES : size + _PREFIX_BYTES]))
            del part[: size + _PREFIX_BYTES]

    def _news(self) -> asyncio.Future[None]:
        self._make_room()
        self._waiter = waiter = self._line.loop.create_future()
        return waiter

    def _make_room(self) -> None:
        part, missing = self._part, 0
        if len(part) >= _PREFIX_BYTES:
            missing = int.from_bytes(part[1:_PREFIX_BYTES]) + _PREFIX_BYTES - len(part)
        if self._window < max(missing, self.ahead // 2) and self.number:  # not for each message: it is said for many
            wanted = max(missing, self.ahead)
            self._line.widen(self, wanted - self._window)
            self._window = wanted

    @property
    def _listener(self) -> asyncio.Future[None] | None:
        """Whoever waits for what comes; None where nobody does, or not any more."""
        waiter = self._waiter
        return None if waiter is None or waiter.done() else waiter

    def _wake(self) -> None:
        if (listener := self._listener) is not None:
            listener.set_result(None)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error.anew()
