import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from tests.rooms.broker.rpc.calling import ask, failure_of
from tests.rooms.broker.rpc.peer import Peer, Session
from worker.broker.options import GatewayOptions, Tls
from worker.broker.rpc import Channel, StatusCode

pytestmark = pytest.mark.may_block  # the authority's file is read once, before any call


@pytest.fixture
def tls(ca_file: Path) -> Tls:
    """Trust in the tests' own authority."""
    return Tls(ca_file=ca_file, authority="zeebe.example")


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """What a server shows that is zeebe.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("zeebe.example").configure_cert(context)
    return context


@asynccontextmanager
async def _served(factory: Callable[[], asyncio.Protocol], context: ssl.SSLContext, tls: Tls) -> AsyncIterator[Channel]:
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", ssl=context)
    port = server.sockets[0].getsockname()[1]
    channel = Channel(GatewayOptions(address=f"127.0.0.1:{port}", tls=tls))
    try:
        yield channel
    finally:
        await channel.close()
        server.close()
        await server.wait_closed()


async def test_calls_go_over_tls(peer: Peer, context: ssl.SSLContext, tls: Tls) -> None:
    """Where the gateway offers HTTP/2 over TLS, calls are answered, and the name is the certificate's."""
    context.set_alpn_protocols(["h2"])

    def session() -> Session:
        peer.sessions.append(Session(peer))
        return peer.sessions[-1]

    async with _served(session, context, tls) as channel:
        assert await ask(channel, bytes(100_000)) == bytes(100_000)

    fields = peer.exchanges[0].headers
    assert ("https", "zeebe.example") == (fields[":scheme"], fields[":authority"])


@pytest.mark.parametrize("offered", [None, ["http/1.1"]], ids=["nothing", "HTTP/1.1"])
async def test_a_gateway_without_http2_is_told(context: ssl.SSLContext, tls: Tls, offered: list[str] | None) -> None:
    """TLS that leads to something else than HTTP/2 is told by the name of what was missing."""
    if offered:
        context.set_alpn_protocols(offered)
    async with _served(asyncio.Protocol, context, tls) as channel:
        error = await failure_of(channel)

    assert error.code is StatusCode.UNAVAILABLE
    assert "ALPN" in error.details
