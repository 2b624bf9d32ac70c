"""How the gateway is reached, as the operator's variables say it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import trustme

from tests.faults.scripted_gateway import ScriptedGateway
from tests.rooms.broker.rpc.proxy import Proxy
from worker import app
from worker.broker import GatewayUnavailable, NoCredentials
from worker.settings import SettingsError, load

pytestmark = pytest.mark.may_block("files are read once, before any job")


@pytest.fixture
async def secured(authority: trustme.CA) -> AsyncIterator[ScriptedGateway]:
    """A gateway with TLS."""
    pair = authority.issue_cert("127.0.0.1")
    key = pair.private_key_pem.bytes(), pair.cert_chain_pems[0].bytes()
    async with ScriptedGateway(credentials=grpc.ssl_server_credentials([key])) as gateway:
        yield gateway


async def _version(**variables: str) -> str:
    gateway = app.gateway_for(load(variables), NoCredentials())
    try:
        return (await gateway.topology()).gateway_version
    finally:
        await gateway.close()


async def _only_loopback(_loop: object, host: str, port: int, **_: object) -> list[object]:
    if host != "127.0.0.1":
        raise socket.gaierror
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]


async def test_loopback_needs_no_proxy(secured: ScriptedGateway, ca_file: Path) -> None:
    """A gateway on this very machine is reached directly whatever the variables say, with its own authority."""
    async with Proxy(says=b"") as proxy:
        version = await _version(
            ZEEBE_ADDRESS=secured.address, ZEEBE_CA_CERTIFICATE_PATH=str(ca_file), HTTPS_PROXY=proxy.url
        )

    assert (version, proxy.heads) == ("8.5.8", [])


@pytest.mark.parametrize(
    ("address", "no_proxy", "asked"),
    [
        pytest.param("https://zeebe.invalid:443", "", ["CONNECT zeebe.invalid:443 HTTP/1.1"], id="with TLS"),
        pytest.param("https://zeebe.invalid:443", ".invalid", [], id="named in NO_PROXY"),
        pytest.param("zeebe.invalid:26500", "", [], id="in plain text"),
    ],
)
async def test_who_goes_through_the_proxy(
    address: str, no_proxy: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway with TLS does, unless NO_PROXY names it; one in plain text is inside the cluster."""
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", _only_loopback)
    async with Proxy(says=b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
        with pytest.raises(GatewayUnavailable, match=r"403|DNS|reset"):
            await _version(ZEEBE_ADDRESS=address, HTTPS_PROXY=proxy.url, HTTP_PROXY=proxy.url, NO_PROXY=no_proxy)

    assert asked == [head[0] for head in proxy.heads]


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    """What is wrong with an authority's file is said by the variable's name."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    settings = load({"ZEEBE_ADDRESS": "g:1", "ZEEBE_CA_CERTIFICATE_PATH": str(tmp_path / "ca.pem")})

    with pytest.raises(SettingsError, match=r"ZEEBE_CA_CERTIFICATE_PATH: got '.*ca\.pem', wanted a file of PEM"):
        app.gateway_for(settings, NoCredentials())


@pytest.mark.parametrize("proxy", ["https://user:pass@proxy:1", "socks5://proxy:1", "http://proxy:x"])
def test_a_proxy_of_no_use_is_told(proxy: str) -> None:
    """A proxy that no tunnel can be asked of is refused at the start, without its password."""
    settings = load({"ZEEBE_ADDRESS": "https://zeebe.invalid", "HTTPS_PROXY": proxy})

    with pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        app.gateway_for(settings, NoCredentials())
    assert "pass" not in str(caught.value)
