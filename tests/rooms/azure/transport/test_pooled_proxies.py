import asyncio
import ssl
from pathlib import Path

import pytest

from tests.rooms.azure.transport.pools import a_pool, post
from tests.rooms.azure.transport.servers import Server, answering, http, resetting, serving
from worker.azure import AzureOptions


async def test_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies come from the options alone."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with serving(answering(http(b"ok"))) as server, a_pool() as pool:
        reply = await post(pool, server.http)

    assert reply.body == b"ok"


async def test_forwarding_proxy() -> None:
    """A plain request goes to the proxy whole, with the proxy's own credentials."""
    async with serving(answering(http(b"ok"))) as proxy:
        options = AzureOptions(http_proxy=f"http://me:pass@127.0.0.1:{proxy.port}")
        async with a_pool(options) as pool:
            reply = await post(pool, "http://service.example/openai")

    assert proxy.requests == ["POST http://service.example/openai HTTP/1.1"]
    assert proxy.headers[0]["proxy-authorization"].startswith("Basic ")
    assert reply.body == b"ok"


async def test_tunnelling_proxy(tls: ssl.SSLContext, ca_file: Path) -> None:
    """A TLS request goes through the proxy unseen, and the certificate is the service's own."""
    service_port = 0

    async def tunnel(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.request(reader)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", service_port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    async with serving(answering(http(b"ok")), tls=tls) as service, serving(tunnel) as proxy:
        service_port = service.port
        async with a_pool(AzureOptions(https_proxy=proxy.http, ca_file=ca_file)) as pool:
            reply = await post(pool, "https://service.example/openai?secret=hunter2")

    assert proxy.requests == ["CONNECT service.example:443 HTTP/1.1"]
    assert "api-key" not in proxy.headers[0]
    assert service.headers[0]["api-key"] == "hunter2"
    assert reply.body == b"ok"


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
    writer.close()


async def test_direct_despite_proxy() -> None:
    """A loopback service is reached directly although there is a proxy."""
    async with (
        serving(answering(http(b"ok"))) as server,
        serving(resetting) as proxy,
        a_pool(AzureOptions(http_proxy=proxy.http)) as pool,
    ):
        reply = await post(pool, server.http)

    assert (reply.body, proxy.connections) == (b"ok", 0)
