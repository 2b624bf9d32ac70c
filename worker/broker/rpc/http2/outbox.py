"""What is on its way out: requests leave as the peer's windows allow (RFC 9113, 5.2)."""

from collections.abc import Callable, Mapping
from typing import Final

from worker.broker.rpc.http2.call import Call
from worker.broker.rpc.http2.frames import (
    DATA,
    END_STREAM,
    FRAME_SIZE_AT_FIRST,
    LARGEST_NUMBER,
    WINDOW_AT_FIRST,
    frame,
    frame_head,
)

__all__ = ["Outbox"]

_FRAME_SIZE_AT_MOST: Final = 2**24 - 1


class Outbox:
    """The requests of *calls* (by stream), written with *write*."""

    def __init__(self, calls: Mapping[int, Call], write: Callable[[bytes | memoryview], object]) -> None:
        self._calls = calls
        self._write = write
        self._window = self._initial_window = WINDOW_AT_FIRST
        self._frame_size = FRAME_SIZE_AT_FIRST

    def send(self, call: Call, head: bytes) -> None:
        """Begin: *head* are the frames that open its stream. What does not fit now follows by itself."""
        call.send_window = self._initial_window
        data = call.unsent
        if len(data) <= min(self._window, call.send_window, self._frame_size):
            self._window -= len(data)
            call.unsent = b""
            self._write(head + frame_head(DATA, END_STREAM, call.number, len(data)))
            self._write(data)  # by itself, since it may have megabytes: joined with its head it would be copied
        else:
            self._write(head)
            self._send_more(call)

    def widen(self, number: int, by_bytes: int) -> None:
        """The peer takes *by_bytes* more on a stream, 0 for all together. ValueError when that is impossible."""
        if number == 0:
            self._window = _widened(self._window, by_bytes)
            self._send_all()
        elif (call := self._calls.get(number)) is not None:
            call.send_window = _widened(call.send_window, by_bytes)
            self._send_more(call)

    def resize(self, *, initial_window: int | None = None, frame_size: int | None = None) -> None:
        """
        The peer has changed what every stream begins with, also of those that are open (RFC 9113, 6.9.2).

        ValueError for a size that cannot be.
        """
        if frame_size is not None:
            if not FRAME_SIZE_AT_FIRST <= frame_size <= _FRAME_SIZE_AT_MOST:
                raise ValueError("a frame size that cannot be")
            self._frame_size = frame_size
        if initial_window is not None:
            if initial_window > LARGEST_NUMBER:
                raise ValueError("a window that cannot be")
            for call in self._calls.values():
                call.send_window += initial_window - self._initial_window
            self._initial_window = initial_window
            self._send_all()

    def _send_all(self) -> None:
        for call in [call for call in self._calls.values() if call.unsent]:
            self._send_more(call)

    def _send_more(self, call: Call) -> None:
        data, sent = memoryview(call.unsent), 0
        while sent < len(data) and (room := min(self._window, call.send_window, self._frame_size)) > 0:
            part = bytes(data[sent : sent + room])
            sent += len(part)
            self._window -= len(part)
            call.send_window -= len(part)
            self._write(frame(DATA, END_STREAM if sent == len(data) else 0, call.number, part))
        call.unsent = data[sent:]


def _widened(window: int, by_bytes: int) -> int:
    if by_bytes == 0 or window + by_bytes > LARGEST_NUMBER:
        raise ValueError("a window that cannot be")
    return window + by_bytes
