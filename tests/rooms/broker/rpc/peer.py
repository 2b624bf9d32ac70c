"""A gateway made of h2, which holds the client to RFC 9113 and remembers where it strays."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Self, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, PingAckReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from tests.rooms.broker.waiting import eventually

__all__ = ["Exchange", "Peer", "Session", "echo", "framed"]

_RESPONSE = ((":status", "200"), ("content-type", "application/grpc"))

Head = tuple[tuple[str, str], ...]


def framed(message: bytes) -> bytes:
    """The *message* as gRPC puts it into DATA."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def echo(exchange: "Exchange") -> None:
    """Answer with the request itself."""
    exchange.answer(exchange.message)


class Exchange:
    """One call as the peer sees it. What the client's windows do not take yet is *unsent* and follows by itself."""

    def __init__(self, session: "Session", number: int, fields: list[tuple[str, str]]) -> None:
        self.session = session
        self.number = number
        self.fields = fields
        self.body = bytearray()
        self.is_whole = False
        self.reset_code: int | None = None
        self.unsent = bytearray()
        self._trailers: Head | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The request's fields."""
        return dict(self.fields)

    @property
    def message(self) -> bytes:
        """What was asked."""
        return bytes(self.body[5:])

    def begin(self, head: Head = _RESPONSE, *, is_last: bool = False) -> None:
        """Send the response's headers."""
        self.session.h2.send_headers(self.number, head, end_stream=is_last)
        self.session.flush()

    def send(self, *messages: bytes) -> None:
        """Send messages."""
        self.send_bytes(b"".join(map(framed, messages)))

    def send_bytes(self, part: bytes) -> None:
        """Send part of the messages, or what is none."""
        self.unsent += part
        self.push()

    def end(self, status: str = "0", **more: str) -> None:
        """Send the trailers once all else is sent."""
        self._trailers = (("grpc-status", status), *((name.replace("_", "-"), text) for name, text in more.items()))
        self.push()

    def answer(self, *messages: bytes) -> None:
        """Everything, and a good end."""
        self.begin()
        self.send(*messages)
        self.end()

    def refuse(self, status: str, message: str = "") -> None:
        """The end alone, without a message."""
        self.begin((*_RESPONSE, ("grpc-status", status), ("grpc-message", message)), is_last=True)

    def drop(self, error_code: int) -> None:
        """Reset the stream."""
        self.session.h2.reset_stream(self.number, error_code)
        self.session.flush()

    def push(self) -> None:
        """Send what the windows take by now."""
        h2 = self.session.h2
        while self.unsent and (room := min(h2.local_flow_control_window(self.number), h2.max_outbound_frame_size)) > 0:
            h2.send_data(self.number, bytes(self.unsent[:room]))
            del self.unsent[:room]
        if self._trailers is not None and not self.unsent:
            trailers, self._trailers = self._trailers, None
            h2.send_headers(self.number, trailers, end_stream=True)
        self.session.flush()

    def was_reset(self, error_code: int) -> None:
        """The client has left."""
        self.reset_code = error_code
        self.unsent.clear()
        self._trailers = None


class Session(asyncio.Protocol):
    """One connection of a *peer*."""

    def __init__(self, peer: "Peer") -> None:
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.h2.local_settings = Settings(client=False, initial_values=dict(peer.settings))
        self.h2.max_inbound_frame_size = self.h2.local_settings.max_frame_size
        self.events: list[Event] = []
        self.exchanges: dict[int, Exchange] = {}
        self.most_open = 0
        self.is_lost = False
        self._peer = peer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        self.transport = cast("asyncio.Transport", transport)
        self.h2.initiate_connection()
        self.flush()

    def connection_lost(self, _: Exception | None) -> None:
        """The client is gone."""
        self.is_lost = True

    def data_received(self, data: bytes) -> None:
        """Hear the client; who breaks the rules is hung up on."""
        try:
            events = self.h2.receive_data(data)
        except ProtocolError as error:
            self._peer.violations.append(error)
            self.transport.abort()
            return
        for event in events:
            self.events.append(event)
            self._heed(event)
        self.flush()

    async def heard_out(self) -> None:
        """Wait until the client has heard all that was sent so far."""
        pongs = len(self.heard(PingAckReceived))
        self.h2.ping(bytes(8))
        self.flush()
        await eventually(lambda: pongs < len(self.heard(PingAckReceived)))

    def flush(self) -> None:
        """Send what h2 has put together."""
        self.transport.write(self.h2.data_to_send())

    def heard(self, kind: type[Event]) -> list[Event]:
        """The events of one *kind*."""
        return [event for event in self.events if isinstance(event, kind)]

    def _heed(self, event: Event) -> None:
        match event:
            case RequestReceived():
                self._meet(event)
            case DataReceived():
                self._take(event)
            case StreamEnded():
                self.exchanges[event.stream_id].is_whole = True
                self._peer.serve(self.exchanges[event.stream_id])
            case StreamReset():
                self.exchanges[event.stream_id].was_reset(event.error_code)
            case WindowUpdated():
                for exchange in [each for each in self.exchanges.values() if each.unsent]:
                    exchange.push()

    def _meet(self, event: RequestReceived) -> None:
        fields = [cast("tuple[str, str]", field) for field in event.headers]
        exchange = self.exchanges[event.stream_id] = Exchange(self, event.stream_id, fields)
        self.most_open = max(self.most_open, self.h2.open_inbound_streams)
        self._peer.meet(exchange)

    def _take(self, event: DataReceived) -> None:
        self.exchanges[event.stream_id].body += event.data
        if self._peer.reads:
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)


class Peer:
    """
    Listens on loopback. `serve` is given each whole request, `meet` each that begins.

    Windows open by themselves while it *reads*. *settings* are those of connections still to come.
    """

    def __init__(self, port: int = 0) -> None:
        self.settings: Mapping[SettingCodes, int] = {SettingCodes.MAX_CONCURRENT_STREAMS: 1000}
        self.serve: Callable[[Exchange], object] = echo
        self.meet: Callable[[Exchange], object] = lambda _: None
        self.reads = True
        self.sessions: list[Session] = []
        self.violations: list[ProtocolError] = []
        self.port = port

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def exchanges(self) -> list[Exchange]:
        """All calls so far."""
        return [exchange for session in self.sessions for exchange in session.exchanges.values()]

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Leave every client without a word."""
        for session in self.sessions:
            session.transport.abort()

    def _session(self) -> Session:
        self.sessions.append(Session(self))
        return self.sessions[-1]
