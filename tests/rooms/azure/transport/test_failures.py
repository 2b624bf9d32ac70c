import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import trustme

from tests.rooms.azure.transport.servers import (
    Handler,
    Run,
    Server,
    answering,
    ending,
    http,
    resetting,
    serving,
    silent,
    unused_port,
)
from worker.azure import AzureOptions, DefaultTransport, Timeouts
from worker.azure.transport.failures import ROWS, Attempt, translate
from worker.errors import CallError, InvalidResponse, TimedOut, Unreachable

_SECRET = "hunter2"
_PATIENT = Timeouts(connect_s=10.0)


async def the_failure(url: str, options: AzureOptions | None = None, timeouts: Timeouts = _PATIENT) -> CallError:
    """What a POST to *url* ends in; it is found to hold no secret and no foreign error."""
    pool = DefaultTransport(options or AzureOptions())
    headers = {"api-key": _SECRET}
    try:
        with pytest.raises(CallError) as caught:
            await pool.send("POST", f"{url}/x?code={_SECRET}", headers, _SECRET.encode(), timeouts=timeouts)
    finally:
        await pool.close()

    assert _SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


async def cutting(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise more than is sent, and end."""
    await server.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    writer.write_eof()
    await reader.read()


async def rude(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close at once, unread."""


_LONG = b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("handler", "kind", "said"),
    [
        pytest.param(resetting, Unreachable, "closed|broke", id="reset before the answer"),
        pytest.param(rude, Unreachable, "closed|broke", id="reset before the request"),
        pytest.param(
            ending(b""), Unreachable, "whether it worked on the request is not known", id="closed without an answer"
        ),
        pytest.param(ending(b"HTTP/1.1 200 OK\r\nContent-Le"), Unreachable, "closed", id="cut off in the headers"),
        pytest.param(cutting, InvalidResponse, "cut off", id="cut off in the body"),
        pytest.param(answering(b"SSH-2.0-OpenSSH_9.6\r\n"), InvalidResponse, "HTTP", id="not HTTP"),
        pytest.param(answering(_LONG), InvalidResponse, "HTTP", id="a header without end"),
        pytest.param(
            ending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            InvalidResponse,
            "cut off|HTTP",
            id="broken chunks",
        ),
    ],
)
def test_bad_answers(run: Run, handler: Handler, kind: type[CallError], said: str) -> None:
    """An answer that is none becomes one of our errors, which says where and what."""

    async def scenario() -> tuple[int, CallError]:
        async with serving(handler) as server:
            return server.port, await the_failure(server.http)

    port, error = run(scenario())

    assert type(error) is kind
    assert any(text in str(error) for text in said.split("|"))
    assert f"127.0.0.1:{port}" in str(error)


def test_refused(run: Run) -> None:
    """A port where nothing listens is named."""
    port = unused_port()
    error = run(the_failure(f"http://127.0.0.1:{port}"))

    assert type(error) is Unreachable
    assert f"127.0.0.1:{port} refused the connection" in str(error)


async def test_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that DNS does not know is called that."""

    async def lookup(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    error = await the_failure("https://nowhere.example")

    assert type(error) is Unreachable
    assert "the name in nowhere.example:443 was not found in DNS" in str(error)


async def test_connect_timeout() -> None:
    """A handshake that never ends is given up after the connect time-out, in seconds."""
    async with serving(silent) as server:
        error = await the_failure(server.https, timeouts=Timeouts(connect_s=0.05))

    assert type(error) is Unreachable
    assert "within 0.05 s (connect time-out)" in str(error)


async def test_read_timeout() -> None:
    """Silence is given up after the read time-out, in seconds."""
    async with serving(silent) as server:
        error = await the_failure(server.http, timeouts=Timeouts(connect_s=10.0, read_s=0.05))

    assert type(error) is TimedOut
    assert "sent nothing for 0.05 s (read time-out)" in str(error)


def test_untrusted_certificate(run: Run, tls: ssl.SSLContext) -> None:
    """A certificate of an unknown authority is refused, with the setting that would trust it."""

    async def scenario() -> tuple[list[str], CallError]:
        async with serving(answering(http()), tls=tls) as server:
            return server.requests, await the_failure(server.https)

    requests, error = run(scenario())

    assert type(error) is Unreachable
    assert "certificate" in str(error)
    assert "WORKER_CA_FILE" in str(error)
    assert not requests


async def test_wrong_name(tls: ssl.SSLContext, ca_file: Path) -> None:
    """A trusted certificate for another name is refused."""
    async with serving(answering(http()), tls=tls) as server:
        error = await the_failure(f"https://127.0.0.1:{server.port}", AzureOptions(ca_file=ca_file))

    assert type(error) is Unreachable
    assert "not valid for '127.0.0.1'" in str(error)
    assert not server.requests


async def test_expired_certificate(authority: trustme.CA, ca_file: Path) -> None:
    """A certificate that has expired is refused and called that."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert("localhost", not_before=past, not_after=past).configure_cert(context)
    async with serving(answering(http()), tls=context) as server:
        error = await the_failure(server.https, AzureOptions(ca_file=ca_file))

    assert "expired" in str(error)


async def test_no_tls() -> None:
    """A plain port that is spoken to in TLS is called that."""

    async def plain(_server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http(status="400 Bad Request"))
        await reader.read()

    async with serving(plain) as server:
        error = await the_failure(server.https)

    assert type(error) is Unreachable
    assert f"no TLS with localhost:{server.port}" in str(error)


async def test_proxy_refused() -> None:
    """A proxy where nothing listens is named, not the service."""
    port = unused_port()
    options = AzureOptions(https_proxy=f"http://me:{_SECRET}@127.0.0.1:{port}")
    error = await the_failure("https://service.example", options)

    assert type(error) is Unreachable
    assert f"the proxy 127.0.0.1:{port} cannot be reached" in str(error)


async def test_proxy_says_no() -> None:
    """A proxy that wants credentials is quoted with its status."""
    async with serving(answering(http(status="407 Proxy Authentication Required"))) as proxy:
        error = await the_failure("https://service.example", AzureOptions(https_proxy=proxy.http))

    assert type(error) is Unreachable
    assert "answered 407 instead of connecting to service.example:443" in str(error)


def foreign(root: type[BaseException]) -> Iterator[type[BaseException]]:
    for child in root.__subclasses__():
        yield child
        yield from foreign(child)


# Set on a future that only those see who ask to follow an upload; a call never raises it.
_NEVER_RAISED = {"UploadAbortedError"}


@pytest.mark.parametrize("kind", sorted({*foreign(aiohttp.ClientError)}, key=str), ids=lambda kind: str(kind.__name__))
def test_every_client_error_has_a_row(kind: type[BaseException]) -> None:
    """Whatever aiohttp's client can raise is spoken of in particular, not as just some error."""
    row = next(base for base in kind.__mro__ if base in ROWS)

    assert row is not aiohttp.ClientError or kind.__name__ in _NEVER_RAISED


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        pytest.param(aiohttp.ClientError(), Unreachable, "ClientError", id="anything of aiohttp's"),
        pytest.param(TimeoutError(), TimedOut, "too long", id="a time-out of the system's"),
        pytest.param(aiohttp.ClientOSError(32, _SECRET), Unreachable, os.strerror(32), id="aiohttp's own words"),
        pytest.param(ConnectionResetError(104, "Connection reset by peer"), Unreachable, os.strerror(104), id="reset"),
        pytest.param(OSError(113, _SECRET), Unreachable, os.strerror(113), id="no route"),
        pytest.param(ssl.SSLError("x"), Unreachable, "no TLS", id="TLS in the middle"),
        pytest.param(ssl.SSLCertVerificationError("x"), Unreachable, "not trusted", id="certificate in the middle"),
        pytest.param(aiohttp.InvalidURL(_SECRET), Unreachable, "not usable", id="URL"),
        pytest.param(aiohttp.ServerFingerprintMismatch(b"", b"", "h", 1), Unreachable, "not trusted", id="fingerprint"),
    ],
)
def test_rows_without_a_server(error: BaseException, kind: type[CallError], said: str) -> None:
    """What no loopback server can be made to cause is translated as well."""
    translated = translate(error, Attempt("https://[::1]:8443/x", "http://proxy:3128", _PATIENT))

    assert type(translated) is kind
    assert said in str(translated)
    assert "[::1]:8443 (through the proxy proxy:3128)" in str(translated)
    assert _SECRET not in str(translated)
