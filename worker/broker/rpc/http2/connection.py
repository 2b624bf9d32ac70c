"""
One connection of HTTP/2 (RFC 9113), as a client of gRPC uses it.

Each call has a stream of its own. What a stream may bring is limited for that stream alone and never for all together,
so jobs that nobody reads hold nothing else up.
"""

import asyncio
import struct
from collections import deque
from typing import Final, cast

import hpack

from worker.broker.options import GatewayOptions
from worker.broker.rpc.http2 import frames
from worker.broker.rpc.http2.call import Call
from worker.broker.rpc.http2.inbox import Inbox
from worker.broker.rpc.http2.outbox import Outbox
from worker.broker.rpc.http2.pulse import Pulse
from worker.broker.rpc.http2.response import response_in
from worker.broker.rpc.status import RpcError, StatusCode, of_reset, of_trailers
from worker.timers import Timers

__all__ = ["Connection"]

_TOP_UP: Final = 2**30  # bytes received after which the connection's own window is filled again
_SILENT: Final = "it hung up before a word of HTTP/2: is this the gRPC port, and does it want TLS?"


class Connection(asyncio.Protocol):
    """
    Carries calls until it is lost, closed or told to go by the peer.

    `is_open` says whether it takes new ones, `is_lost` whether it has none any more.
    """

    def __init__(self, options: GatewayOptions, *, first_stream: int = 1) -> None:
        self.is_open, self.is_lost = True, False
        self._options = options
        self.loop = asyncio.get_running_loop()
        self.timers = Timers()
        self._ready: asyncio.Future[RpcError | None] = self.loop.create_future()
        self._next = first_stream
        self._calls: dict[int, Call] = {}
        self._waiting: deque[tuple[Call, bytes]] = deque()  # for a stream, with their heads
        self._calls_at_most, self._received = frames.LARGEST_NUMBER, 0
        self._out: list[bytes | memoryview] = []  # what is written in this step of the loop
        self._outbox = Outbox(self._calls, self._write)
        self._inbox = Inbox(
            {
                frames.DATA: self._take_data,
                frames.HEADERS: self._take_headers,
                frames.RST_STREAM: self._take_reset,
                frames.SETTINGS: self._take_settings,
                frames.PING: self._take_ping,
                frames.GOAWAY: self._take_goaway,
                frames.WINDOW_UPDATE: lambda _, number, payload: self._outbox.widen(number, frames.number_in(payload)),
            },
            self._take_reply,
        )
        self._pulse = Pulse(
            options,
            is_needed=lambda: bool(self._calls or self._waiting),
            ping=lambda: self._write(frames.KEEPALIVE),
            stop=self.close,
        )

    async def ready(self) -> None:
        """Wait until the peer has said hello too. Raises RpcError when it has not, or not in HTTP/2."""
        if error := await self._ready:
            raise error

    def open(self, head: bytes, request: bytes, *, timeout_s: float, window: int = frames.STREAM_WINDOW) -> Call:
        """
        Begin a call with the block *head* and its one message *request*; it ends within *timeout_s*.

        *window* is how many bytes the peer may send ahead while somebody reads.
        """
        call = Call(self, request, timeout_s=timeout_s, window=window, limit_bytes=self._options.max_message_bytes)
        if len(self._calls) < self._calls_at_most:
            self._start(call, head)
        else:
            self._waiting.append((call, head))
        return call

    def widen(self, call: Call, by_bytes: int) -> None:
        """See Line."""
        if call.number in self._calls:
            self._write(frames.window_update(call.number, by_bytes))

    def leave(self, call: Call) -> None:
        """See Line."""
        if self._calls.get(call.number) is call:
            self._write(frames.reset(call.number, frames.CANCEL))
            self._forget(call)

    def close(self, cause: str = "the connection has been closed") -> None:
        """Hang up. Calls that are not over end with UNAVAILABLE and *cause*."""
        self._transport.abort()
        self._lose(cause)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(frames.OPENING)
        self._pulse.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has hung up, or we have."""
        said_hello = self._ready.done()
        self._lose(("the connection was reset" if exc else "the connection was closed") if said_hello else _SILENT)

    def data_received(self, data: bytes) -> None:
        """Hear what the peer says."""
        self._pulse.felt()
        try:
            self._inbox.take(data)
        except (struct.error, ValueError, hpack.HPACKError):
            self._write(frames.frame(frames.GOAWAY, 0, 0, struct.pack(">II", 0, frames.PROTOCOL_ERROR)))
            self._hang_up()
            self._lose("the gateway does not speak HTTP/2 at this port, or not as it should")

    def _take_reply(self, number: int, message: bytes) -> None:
        """As its three frames, one by one."""
        if (call := self._calls.get(number)) is not None:
            call.is_answered = True
        self._take_data(0, number, message)
        if call is not None and number in self._calls:
            self._finish(call)
            call.end(None)

    def _take_data(self, flags: int, number: int, payload: bytes) -> None:
        self._received += len(payload)
        if self._received >= _TOP_UP:
            self._write(frames.window_update(0, self._received))
            self._received = 0
        carried, call = frames.unpadded(flags, payload), self._calls.get(number)
        if call is None:  # we have left it
            return
        if flags & frames.END_STREAM:
            self._finish(call)
        call.take(carried, flow_bytes=len(payload))
        if flags & frames.END_STREAM:
            call.end(of_trailers({}))

    def _take_headers(self, flags: int, number: int, block: bytes) -> None:
        response, call = response_in(block), self._calls.get(number)
        if call is None or response.is_interim:  # we have left it; an interim answer
            return
        if flags & frames.END_STREAM:
            self._finish(call)
        wrong = None if call.is_answered or response.begins_well else response.beginning()
        call.is_answered = True
        if wrong is not None:
            call.fail(wrong)
        elif flags & frames.END_STREAM:
            call.end(None if response.ends_well else response.end())

    def _take_reset(self, _flags: int, number: int, payload: bytes) -> None:
        error = of_reset(frames.number_in(payload))
        if (call := self._calls.get(number)) is not None:
            self._forget(call)
            call.end(error)

    def _take_settings(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & frames.ACK:
            return
        settings = dict(frames.settings_in(payload))
        self._write(frames.frame(frames.SETTINGS, frames.ACK, 0))  # before anything that only these settings allow
        self._calls_at_most = settings.get(frames.MAX_CONCURRENT_STREAMS, self._calls_at_most)
        window, frame_size = settings.get(frames.INITIAL_WINDOW_SIZE), settings.get(frames.MAX_FRAME_SIZE)
        self._outbox.resize(initial_window=window, frame_size=frame_size)
        if not self._ready.done():
            self._ready.set_result(None)
        self._start_waiting()

    def _take_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if len(payload) != frames.PING_BYTES:
            raise ValueError("a ping of another length")
        if not flags & frames.ACK:
            self._write(frames.frame(frames.PING, frames.ACK, 0, payload))

    def _take_goaway(self, _flags: int, _number: int, payload: bytes) -> None:
        said = payload[frames.GOAWAY_HEAD_BYTES :].decode("utf-8", "replace")
        cause = "the gateway closed the connection"
        self._retire(last_taken=frames.number_in(payload), cause=f"{cause}: {said}" if said else cause)

    def _start(self, call: Call, head: bytes) -> None:
        call.number, self._next = self._next, self._next + 2
        self._calls[call.number] = call
        self._outbox.send(call, frames.opened(call.number, head))
        call.began()
        if self._next > frames.LARGEST_NUMBER:
            self._retire(last_taken=frames.LARGEST_NUMBER, cause="the connection has carried all that it can")

    def _start_waiting(self) -> None:
        while self._waiting and len(self._calls) < self._calls_at_most and self.is_open:
            call, head = self._waiting.popleft()
            if not call.is_over:
                self._start(call, head)

    def _finish(self, call: Call) -> None:
        """The peer has ended its stream."""
        if call.unsent:  # answered before it was asked in full: the rest stays here
            self._write(frames.reset(call.number, frames.CANCEL))
        self._forget(call)

    def _forget(self, call: Call) -> None:
        del self._calls[call.number]
        if self._waiting:
            self._start_waiting()
        if not self.is_open and not self._calls:
            self._hang_up()

    def _retire(self, *, last_taken: int, cause: str) -> None:
        """No new calls; those up to that stream may come to their end, the rest end because of *cause*."""
        self.is_open = False
        gone = [call for call in self._calls.values() if call.number > last_taken]
        for call in gone:
            del self._calls[call.number]
        gone += [call for call, _ in self._waiting]
        self._waiting.clear()
        for call in gone:
            call.end(RpcError(StatusCode.UNAVAILABLE, cause))
        if not self._calls:
            self._hang_up()

    def _lose(self, cause: str) -> None:
        self.is_lost = True
        self._out.clear()
        self._pulse.end()
        if not self._ready.done():
            self._ready.set_result(RpcError(StatusCode.UNAVAILABLE, cause))
        self._retire(last_taken=-1, cause=cause)

    def _hang_up(self) -> None:
        self._flush()
        self._transport.close()

    def _write(self, data: bytes | memoryview) -> None:
        if not self._out:
            self.loop.call_soon(self._flush)
        self._out.append(data)

    def _flush(self) -> None:
        """All at once: the transport asks as much for one frame as for a hundred."""
        if self._out:
            self._transport.write(b"".join(self._out))
            self._out.clear()
