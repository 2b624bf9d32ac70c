"""
As much of an HTTP/2 server as gRPC's clients need.

Not for anything but measuring: requests are told apart by the text of their header block. That works because a
header table of 0 bytes is asked for, and because grpc-core and Netty compress no text that is short.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Final, cast

__all__ = ["Connection", "Stream"]

_DATA, _HEADERS, _RST, _SETTINGS, _PING, _WINDOW, _CONTINUATION = 0, 1, 3, 4, 6, 8, 9
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_PADDED: Final = 8
_PREFACE: Final = 24  # bytes of "PRI * HTTP/2.0 …"
_INITIAL: Final = 65_535  # the window before anyone says otherwise
_MOST: Final = 2**31 - 1
_TOP_UP: Final = 2**29  # received bytes after which the window is filled again


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">IBI", len(payload) << 8 | kind, flags, stream) + payload


def _literal(name: bytes, value: bytes) -> bytes:
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


_SETTINGS_OF_OURS: Final = struct.pack(">HIHIHIHI", 1, 0, 3, 1_000_000, 4, _MOST, 5, 1_048_576)
_OPENING: Final = _frame(_SETTINGS, 0, 0, _SETTINGS_OF_OURS) + _frame(
    _WINDOW, 0, 0, struct.pack(">I", _MOST - _INITIAL)
)
_HEAD: Final = b"\x88" + _literal(b"content-type", b"application/grpc")  # \x88: status 200
_DONE: Final = _literal(b"grpc-status", b"0")


class Stream:
    """One call. *request* grows until *on_request* is called with the whole of it; *tag* is the server's own."""

    __slots__ = ("connection", "head", "id", "is_ending", "is_open", "is_started", "queue", "request", "window")

    def __init__(self, connection: "Connection", number: int) -> None:
        self.connection = connection
        self.id = number
        self.head = b""
        self.request = bytearray()
        self.queue = bytearray()
        self.window = connection.initial_window
        self.is_started = self.is_ending = False
        self.is_open = True

    def send(self, message: bytes) -> None:
        """Queue one message; it leaves as the client's windows allow."""
        if not self.is_started:
            self.is_started = True
            self.connection.write(_frame(_HEADERS, _END_HEADERS, self.id, _HEAD))
        self.queue += b"\0" + struct.pack(">I", len(message)) + message
        self.connection.pump(self)

    def end(self) -> None:
        """Close with the status OK, after what is queued."""
        if not self.is_started:
            self.is_started = True
            self.connection.write(_frame(_HEADERS, _END_HEADERS, self.id, _HEAD))
        self.is_ending = True
        self.connection.pump(self)

    def answer(self, message: bytes) -> None:
        """Send the one and only message: headers, message and status in one go where they fit."""
        self.send(message)
        self.end()


class Connection(asyncio.Protocol):
    """One client's connection; *on_request* is called with each call's stream once its request is complete."""

    def __init__(self, on_request: Callable[[Stream], None]) -> None:
        self._on_request = on_request
        self._streams: dict[int, Stream] = {}
        self._in = bytearray()
        self._out: list[bytes] = []
        self._has_preface = False
        self._window = _INITIAL
        self._frame_at_most = 16_384
        self._received = 0
        self.initial_window = _INITIAL

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say what we take."""
        self._transport = cast("asyncio.Transport", transport)
        self.write(_OPENING)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget its calls."""
        for stream in self._streams.values():
            stream.is_open = False
        self._streams.clear()

    def write(self, frame: bytes) -> None:
        """Write together with all that is written in this step of the loop."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(frame)

    def _flush(self) -> None:
        self._transport.write(b"".join(self._out))
        self._out.clear()

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        buffer, at = self._in, 0
        buffer += data
        if not self._has_preface:
            if len(buffer) < _PREFACE:
                return
            self._has_preface, at = True, _PREFACE
        while len(buffer) - at >= 9:  # noqa: PLR2004 - a frame's header
            word, flags, number = struct.unpack_from(">IBI", buffer, at)
            end = at + 9 + (word >> 8)
            if end > len(buffer):
                break
            self._take(word & 255, flags, number & _MOST, bytes(buffer[at + 9 : end]))
            at = end
        del buffer[:at]

    def _take(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if kind == _DATA:
            self._data(flags, number, payload)
        elif kind in {_HEADERS, _CONTINUATION}:
            stream = self._streams.setdefault(number, Stream(self, number))
            stream.head += payload
            if kind == _HEADERS and flags & _END_STREAM:
                self._on_request(stream)
        elif kind == _WINDOW:
            self._widen(number, struct.unpack(">I", payload)[0])
        elif kind == _SETTINGS and not flags & _ACK:
            self._settings(payload)
        elif kind == _PING and not flags & _ACK:
            self.write(_frame(_PING, _ACK, 0, payload))
        elif kind == _RST and (broken := self._streams.pop(number, None)) is not None:
            broken.is_open = False

    def _data(self, flags: int, number: int, payload: bytes) -> None:
        self._received += len(payload)
        if self._received > _TOP_UP:
            self.write(_frame(_WINDOW, 0, 0, struct.pack(">I", self._received)))
            self._received = 0
        stream = self._streams.get(number)
        if stream is None:
            return
        stream.request += payload[1 : len(payload) - payload[0]] if flags & _PADDED else payload
        if flags & _END_STREAM:
            self._on_request(stream)

    def _settings(self, payload: bytes) -> None:
        for name, value in struct.iter_unpack(">HI", payload):
            if name == 4:  # noqa: PLR2004 - INITIAL_WINDOW_SIZE
                for stream in self._streams.values():
                    stream.window += value - self.initial_window
                self.initial_window = value
            elif name == 5:  # noqa: PLR2004 - MAX_FRAME_SIZE
                self._frame_at_most = value
        self.write(_frame(_SETTINGS, _ACK, 0))
        self._pump_all()

    def _widen(self, number: int, by: int) -> None:
        if number == 0:
            self._window += by
            self._pump_all()
        elif (stream := self._streams.get(number)) is not None:
            stream.window += by
            self.pump(stream)

    def _pump_all(self) -> None:
        for stream in [stream for stream in self._streams.values() if stream.queue]:
            self.pump(stream)

    def pump(self, stream: Stream) -> None:
        """Write of *stream* what the windows allow."""
        queue = stream.queue
        while queue and (room := min(self._window, stream.window, self._frame_at_most)) > 0:
            part = bytes(queue[:room])
            del queue[:room]
            self._window -= len(part)
            stream.window -= len(part)
            self.write(_frame(_DATA, 0, stream.id, part))
        if stream.is_ending and not queue and self._streams.pop(stream.id, None) is not None:
            stream.is_open = False
            self.write(_frame(_HEADERS, _END_HEADERS | _END_STREAM, stream.id, _DONE))
