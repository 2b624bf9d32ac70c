"""The wire by hand: what h2 refuses to send, and what nobody should."""

import asyncio
from collections.abc import Iterable
from typing import Self

import hpack
from hyperframe.frame import Frame

from tests.rooms.broker.rpc.calling import HEAD
from worker.broker.options import GatewayOptions
from worker.broker.rpc.http2 import frames
from worker.broker.rpc.http2.call import Call
from worker.broker.rpc.http2.connection import Connection

__all__ = ["HELLO", "OK", "RESPONSE", "Bench", "RawPeer", "Wire", "block", "frames_in", "headers"]

HELLO = frames.frame(frames.SETTINGS, 0, 0)
RESPONSE = ((":status", "200"), ("content-type", "application/grpc"))
OK = (("grpc-status", "0"),)
_BOTH = frames.END_HEADERS | frames.END_STREAM


def block(fields: Iterable[tuple[str, str]]) -> bytes:
    """The *fields* as an encoder without a table writes them."""
    encoder = hpack.Encoder()
    encoder.header_table_size = 0
    return encoder.encode(fields)


def headers(number: int, fields: Iterable[tuple[str, str]], *, is_last: bool = False) -> bytes:
    """A HEADERS frame."""
    return frames.frame(frames.HEADERS, _BOTH if is_last else frames.END_HEADERS, number, block(fields))


def frames_in(data: bytes) -> list[Frame]:
    """The frames, as another library reads them."""
    found, rest = [], memoryview(data)
    while rest:
        frame, size = Frame.parse_frame_header(rest[:9])
        frame.parse_body(rest[9 : 9 + size])
        found.append(frame)
        rest = rest[9 + size :]
    return found


class Wire(asyncio.Transport):
    """Keeps what is *written*."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.written += data

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True

    def abort(self) -> None:
        """Remember it."""
        self.is_closed = True


class Bench:
    """A connection to nobody, on a wire that is played by hand."""

    def __init__(self, options: GatewayOptions | None = None, *, first_stream: int = 1) -> None:
        self.wire = Wire()
        self.connection = Connection(options or GatewayOptions(), first_stream=first_stream)
        self.connection.connection_made(self.wire)

    def call(self, request: bytes = b"", *, timeout_s: float = 60) -> Call:
        """Begin one."""
        return self.connection.open(HEAD, request, timeout_s=timeout_s)

    def hear(self, *data: bytes) -> None:
        """Let that come in."""
        self.connection.data_received(b"".join(data))

    def answer(self, number: int, *data: bytes) -> None:
        """A good response, with *data* in a frame each."""
        parts = [frames.frame(frames.DATA, 0, number, each) for each in data]
        self.hear(headers(number, RESPONSE), *parts, headers(number, OK, is_last=True))

    async def said(self) -> list[Frame]:
        """What has been written after the opening."""
        await asyncio.sleep(0)
        return frames_in(bytes(self.wire.written[len(frames.OPENING) :]))


class RawPeer:
    """Says the same to everyone who comes, and hangs up if it *leaves*."""

    def __init__(self, says: bytes = b"", *, leaves: bool = False) -> None:
        self.says = says
        self.leaves = leaves
        self.visits = 0
        self.visited = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._receive, "127.0.0.1")
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0)

    def say(self, data: bytes) -> None:
        """Tell everyone that."""
        for writer in self._writers:
            writer.write(data)

    async def _receive(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        self._writers.append(writer)
        self.visited.set()
        writer.write(self.says)
        if self.leaves:
            await writer.drain()
            writer.close()
