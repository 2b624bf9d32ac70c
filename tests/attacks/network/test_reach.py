"""
Attacks on where calls go: closed addresses in disguise, redirects, cookies, certificates of others.

Each is first seen to work against a build from which one guard has been taken.
"""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import trustme

from tests.rooms.azure.transport.pools import HEADERS, PATIENT, a_pool, post
from tests.rooms.azure.transport.servers import Server, answering, http, serving
from worker.azure import AzureOptions, guard
from worker.azure.guard import AddressDenied, AddressGuard
from worker.azure.transport import default
from worker.errors import AddressNotAllowed, CallError

Weaken = Callable[[pytest.MonkeyPatch], object]

_ALL: Final = ("loopback", "private", "link-local", "metadata", "multicast")
# What a guard that compares texts, or takes an address for what it is written as, lets through
DISGUISES: Final[Mapping[str, str]] = {
    "one number": "2130706433",
    "one hexadecimal number": "0xa9fea9fe",
    "one octal number": "017700000001",
    "octal parts": "0177.0.0.1",
    "hexadecimal parts": "0x7f.0x0.0x0.0x1",
    "parts left out": "127.1",
    "mapped into IPv6": "::ffff:169.254.169.254",
    "mapped into IPv6, in hexadecimal": "::ffff:a9fe:a9fe",
    "IPv6 that once meant IPv4": "::10.0.0.1",
    "translated by a gateway (NAT64)": "64:ff9b::a9fe:a9fe",
    "translated by a gateway of one's own": "64:ff9b:1::a00:1",
    "tunnelled (6to4)": "2002:a9fe:a9fe::1",
    "tunnelled (Teredo)": "2001:0:0a00:0001:0:0:0:0",
    "in brackets": "[::ffff:127.0.0.1]",
    "with a zone": "fe80::1%eth0",
    "the unspecified address, which Linux takes for itself": "0",
    "Azure's wire server": "168.63.129.16",
    "containers' metadata": "169.254.170.2",
    "metadata over IPv6": "fd00:ec2::254",
}


class _Naive(AddressGuard):
    """Knows private and loopback addresses when it sees them in their usual form, as most guards do."""

    def check(self, host: str) -> None:
        try:
            address = ip_address(host)
        except ValueError:
            return
        if str(address).startswith(("127.", "10.", "192.168.", "169.254.169.")) or host == "::1":
            raise AddressDenied("an address that the operator has denied")


@pytest.mark.parametrize("name", DISGUISES)
def test_a_closed_address_in_disguise(name: str) -> None:
    """A guard that goes by what an address looks like lets it through; ours goes by what it means."""
    _Naive(_ALL).check(DISGUISES[name])

    with pytest.raises(AddressDenied):
        AddressGuard(_ALL).check(DISGUISES[name])


def _follows(patch: pytest.MonkeyPatch) -> None:
    """A client that follows redirects as most do, with every header."""
    real = aiohttp.ClientSession.request
    patch.setattr(default, "place_of", lambda _: None)  # the general client alone
    patch.setattr(
        aiohttp.ClientSession, "request", lambda self, *to, **how: real(self, *to, **{**how, "allow_redirects": True})
    )


def _keeps_cookies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(default, "place_of", lambda _: None)
    patch.setattr(aiohttp, "DummyCookieJar", lambda: aiohttp.CookieJar(unsafe=True))


def _trusts_all(patch: pytest.MonkeyPatch) -> None:
    def trusted(_: Path | None) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    patch.setattr(default, "trusted", trusted)


@asynccontextmanager
async def _redirecting(status: str) -> AsyncIterator[tuple[Server, Server]]:
    """A server that sends everybody to another one, and that one."""
    async with AsyncExitStack() as open_:
        evil = await open_.enter_async_context(serving(answering(http(b"{}"))))
        first = await open_.enter_async_context(
            serving(answering(http(b"{}", f"Location: {evil.http}/stolen", status=status)))
        )
        yield first, evil


REDIRECTS: Final[Mapping[str, tuple[str, str]]] = {
    "a lasting redirect of a POST": ("POST", "308 Permanent Redirect"),
    "a passing redirect of a POST": ("POST", "307 Temporary Redirect"),
    "a redirect that makes a GET of it": ("POST", "303 See Other"),
    "a redirect of a GET": ("GET", "302 Found"),
}


@pytest.mark.parametrize("name", REDIRECTS)
async def test_a_key_is_not_carried_on(name: str) -> None:
    """A redirect is the answer: nobody else is asked, and nobody else sees the key."""
    method, status = REDIRECTS[name]
    with pytest.MonkeyPatch.context() as patch:
        _follows(patch)
        async with _redirecting(status) as (first, evil), a_pool() as pool:
            await pool.send(method, f"{first.http}/", HEADERS, b"", timeouts=PATIENT)
        assert evil.headers[0]["api-key"] == HEADERS["api-key"]
    async with _redirecting(status) as (first, evil), a_pool() as pool:
        reply = await pool.send(method, f"{first.http}/", HEADERS, b"", timeouts=PATIENT)

    assert (int(status[:3]), 0) == (reply.status, evil.connections)


async def test_a_cookie_of_one_job_is_not_anothers() -> None:
    """What a server hands out to be recognised by is dropped; a client with a memory would send it again."""
    with pytest.MonkeyPatch.context() as patch:
        _keeps_cookies(patch)
        assert "session=1" in (await _second_request()).get("cookie", "")

    assert "cookie" not in await _second_request()


async def _second_request() -> Mapping[str, str]:
    async with serving(answering(http(b"{}", "Set-Cookie: session=1"))) as server, a_pool() as pool:
        for _ in range(2):
            await pool.send("GET", f"{server.http}/", HEADERS, b"", timeouts=PATIENT)
    return server.headers[1]


CERTIFICATES: Final[Mapping[str, dict[str, Any]]] = {
    "of an authority that nobody knows": {"knows": False},
    "for another host": {"host": "evil.example"},
    "that has run out": {"not_after": datetime(2020, 1, 2, tzinfo=UTC)},
}


@pytest.mark.parametrize("name", CERTIFICATES)
async def test_a_certificate(name: str, tmp_path: Path) -> None:
    """Without a certificate for the host, good now and of a known authority, nothing is sent."""
    server_tls, ca_file = _certificate(tmp_path, **CERTIFICATES[name])
    options = AzureOptions(ca_file=ca_file)
    with pytest.MonkeyPatch.context() as patch:
        _trusts_all(patch)
        assert 1 == await _requests(server_tls, options)

    with pytest.raises(CallError, match="certificate"):
        await _requests(server_tls, options)


async def _requests(tls: ssl.SSLContext, options: AzureOptions) -> int:
    async with serving(answering(http(b"{}")), tls=tls) as server, a_pool(options) as pool:
        await post(pool, f"{server.https}/")
    return len(server.requests)


def _certificate(
    folder: Path,
    *,
    host: str = "localhost",
    knows: bool = True,
    not_after: datetime | None = None,
) -> tuple[ssl.SSLContext, Path]:
    authority, other = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, not_after=not_after).configure_cert(context)
    file = folder / "ca.pem"
    (authority if knows else other).cert_pem.write_to_path(str(file))
    return context, file


async def test_a_name_that_leads_inside() -> None:
    """What counts is where a connection goes, whatever the name is that led there."""
    async with serving(answering(http(b"{}"))) as server:
        async with a_pool() as pool:
            await post(pool, f"http://localhost:{server.port}/")
        async with a_pool(AzureOptions(denied_addresses=("loopback",))) as pool:
            with pytest.raises(AddressNotAllowed):
                await post(pool, f"http://localhost:{server.port}/")

    assert 1 == server.connections


async def test_an_address_behind_a_proxy() -> None:
    """A closed address that stands in the URL is not asked of a proxy either, which would reach it for the task."""
    async with serving(answering(http(b"{}"))) as proxy:
        through = AzureOptions(http_proxy=proxy.http, denied_addresses=("link-local",))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(guard.AddressGuard, "check", lambda *_: None)
            async with a_pool(through) as pool:
                await post(pool, "http://169.254.169.254/metadata")
        async with a_pool(through) as pool:
            with pytest.raises(AddressNotAllowed):
                await post(pool, "http://169.254.169.254/metadata")

    assert 1 == proxy.connections
