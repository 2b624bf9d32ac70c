"""
One connection of the direct path: a request out, an answer in, by the rules of HTTP/1.1.

What an answer is, is llhttp's judgement (the parser of Node.js, through httptools, in its strict mode): chunks,
lengths that contradict each other, interim answers. What remains for us is when an answer ends, and how much of it
is taken.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

import httptools

from worker.azure.transport.seam import header_pairs, header_text, too_large
from worker.errors import InvalidResponse
from worker.wire import Reply

__all__ = ["Connection", "CutOff", "NoAnswer", "NotHttp", "Silence"]

_SILENT_AT_MOST: Final = 64 * 1024  # bytes in a row that are no body; the largest real heads have 8 KB
_IN_ONE_PIECE: Final = 64 * 1024  # up to which copying the body behind its head is cheaper than a second write
_FIRST_FINAL: Final = 200


class NoAnswer(Exception):
    """The connection ended before an answer had begun, or in its head."""


class CutOff(Exception):
    """The connection ended in the middle of a body."""


class NotHttp(Exception):
    """What came is not an answer in HTTP/1.1."""


class Silence(Exception):
    """Nothing came for longer than the caller was ready to wait."""


class Connection(asyncio.Protocol):
    """
    Serves one exchange at a time. *on_lost* is called once, when it cannot serve any more.

    *limit_bytes* is the most of a body that is read, as it travels.
    """

    def __init__(self, limit_bytes: int, on_lost: Callable[["Connection"], object]) -> None:
        self.is_open = True
        self.opened_s = self.idle_since_s = 0.0
        self._limit = limit_bytes
        self._on_lost = on_lost
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[Reply] | None = None
        self._read_s: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._begin()

    def _begin(self) -> None:
        self._reason = b""
        self._headers: list[bytes] = []  # name, value, name, value
        self._silent_bytes = self._body_bytes = self._trailer_bytes = 0
        self._parts: list[bytes] = []
        self._has_head = False

    def exchange(self, head: bytes, body: bytes, *, read_s: float | None) -> asyncio.Future[Reply]:
        """
        Send the request; what is given brings the answer, its body still encoded.

        The connection is closed when that fails; who waits for it no more has to `close` it. Raises NoAnswer, CutOff,
        NotHttp, Silence, OSError, and InvalidResponse where the answer is too large.
        """
        answered: asyncio.Future[Reply] = self._loop.create_future()
        self._answered = answered
        self._read_s = read_s
        self._begin()
        if len(body) <= _IN_ONE_PIECE:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)
        if read_s is not None:
            self._listen(read_s)
        return answered

    def close(self) -> None:
        """Hang up at once; an exchange under way ends with NoAnswer or CutOff."""
        self.is_open = False
        self._transport.abort()

    def _listen(self, read_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(read_s, self._fail, Silence())

    def _settle(self) -> asyncio.Future[Reply] | None:
        """The exchange is over; gives whom to tell, if anybody still waits."""
        answered, self._answered = self._answered, None
        if self._timer is not None:
            self._timer.cancel()
        return None if answered is None or answered.done() else answered

    def _fail(self, error: BaseException) -> None:
        if (answered := self._settle()) is not None:
            answered.set_exception(error)
        self.close()

    # asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answered is None or self._answered.done():  # nobody asked: whatever it is, it is no answer
            self.close()
            return
        if self._read_s is not None:
            self._listen(self._read_s)
        self._silent_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            cause = error.__context__
            self._fail(cause if isinstance(cause, InvalidResponse) else NotHttp())
            return
        if self._silent_bytes > _SILENT_AT_MOST:
            self._fail(NotHttp())

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._on_lost(self)
        if (answered := self._settle()) is None:
            return
        if self._has_head and exc is None and self._ends_with_connection():
            answered.set_result(self._answer())
        elif self._has_head:
            answered.set_exception(CutOff())
        else:
            answered.set_exception(exc or NoAnswer())

    def _ends_with_connection(self) -> bool:
        """RFC 9112 6.3: a body without a stated length, and not in chunks, is all that comes."""
        return not any(name.lower() in {b"content-length", b"transfer-encoding"} for name in self._headers[::2])

    # httptools calls these

    def on_status(self, status: bytes) -> None:
        self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:
            self._headers += (name, value)
            return
        self._trailer_bytes += len(name) + len(value)  # though nobody asked for one
        if self._trailer_bytes > _SILENT_AT_MOST:
            raise ValueError("too many trailers")

    def on_headers_complete(self) -> None:
        if self._silent_bytes > _SILENT_AT_MOST and sum(map(len, self._headers)) > _SILENT_AT_MOST:
            raise ValueError("too many headers")
        self._status = self._parser.get_status_code()
        self._has_head = self._status >= _FIRST_FINAL

    def on_body(self, body: bytes) -> None:
        self._silent_bytes = 0
        self._body_bytes += len(body)
        if self._body_bytes > self._limit:
            raise too_large(self._limit)
        self._parts.append(body)

    def on_message_begin(self) -> None:
        if self._answered is None or self._answered.done():
            raise ValueError("more than one answer")

    def on_message_complete(self) -> None:
        if not self._has_head:  # 100 Continue and its like: the answer is still to come
            silent_bytes = self._silent_bytes
            self._begin()
            self._silent_bytes = silent_bytes  # they may come without end, too
            return
        self.is_open = self.is_open and self._parser.should_keep_alive()
        if (answered := self._settle()) is not None:
            answered.set_result(self._answer())

    def _answer(self) -> Reply:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        headers = header_pairs(self._headers)
        return Reply(status=self._status, reason=header_text(self._reason), headers=headers, body=body)
