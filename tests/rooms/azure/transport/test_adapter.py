import gzip
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.rooms.azure.transport.servers import answering, hanging, http, serving
from worker.azure import HttpxTransport, Timeouts
from worker.azure.transport.adapter import HTTPX_ROWS
from worker.errors import CallError, InvalidResponse, TimedOut, Unreachable
from worker.wire import Reply

_URL = "https://r.example/openai/deployments/a%2Fb/%2E%2E/x?code=hunter2"
_HEADERS = {"api-key": "hunter2"}
_TIMEOUTS = Timeouts(connect_s=1.0, read_s=2.0)


async def ask(transport: HttpxTransport, url: str = _URL) -> Reply:
    return await transport.send("POST", url, _HEADERS, b"body", timeouts=_TIMEOUTS)


async def test_round_trip() -> None:
    """The inner transport gets the very request and its time-outs, and the caller the very answer."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(404, headers=[("Via", "a"), ("via", "b")], content=b"hello")

    reply = await ask(HttpxTransport(httpx.MockTransport(handler)))

    (request,) = seen
    assert ("POST", _URL, b"body", "hunter2") == (
        request.method,
        str(request.url),
        request.content,
        request.headers["api-key"],
    )
    assert request.extensions["timeout"] == {"connect": 1.0, "pool": 1.0, "read": 2.0, "write": 2.0}
    assert (404, "Not Found", b"hello") == (reply.status, reply.reason, reply.body)
    assert reply.headers[:2] == (("Via", "a"), ("via", "b"))


class Stream(httpx.AsyncByteStream):
    """A body that comes over time, and remembers that it was closed."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True


def streaming(stream: Stream, **headers: str) -> HttpxTransport:
    inner = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=stream))
    return HttpxTransport(inner, max_response_bytes=1000)


async def test_streamed() -> None:
    """A body that comes over time is decoded, and its stream closed."""
    whole = gzip.compress(b"hello")
    stream = Stream(whole[:9], whole[9:])
    reply = await ask(streaming(stream, **{"content-encoding": "gzip"}))

    assert (b"hello", True) == (reply.body, stream.closed)


@pytest.mark.parametrize(
    ("stream", "headers"),
    [
        pytest.param(Stream(b"x" * 600, b"x" * 600), {}, id="plain"),
        pytest.param(Stream(gzip.compress(b"\0" * 50_000_000)), {"content-encoding": "gzip"}, id="gzip bomb"),
    ],
)
async def test_too_large(stream: Stream, headers: dict[str, str]) -> None:
    """A body is read to the limit and no further, and its stream closed."""
    with pytest.raises(InvalidResponse, match="1,000 bytes"):
        await ask(streaming(stream, **headers))

    assert stream.closed


async def test_too_large_in_memory() -> None:
    """An answer that was made in memory is held to the same limit."""
    inner = httpx.MockTransport(lambda _: httpx.Response(200, content=b"x" * 1001))

    with pytest.raises(InvalidResponse, match="1,000 bytes"):
        await ask(HttpxTransport(inner, max_response_bytes=1000))


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        pytest.param(httpx.ConnectTimeout("hunter2"), Unreachable, "1 s (connect time-out)", id="connect time-out"),
        pytest.param(httpx.ReadTimeout("hunter2"), TimedOut, "2.0 s (read time-out)", id="read time-out"),
        pytest.param(httpx.ConnectError("hunter2"), Unreachable, "no connection", id="refused"),
        pytest.param(httpx.ReadError("hunter2"), Unreachable, "broke", id="reset"),
        pytest.param(httpx.RemoteProtocolError("hunter2"), InvalidResponse, "HTTP", id="not HTTP"),
        pytest.param(httpx.ProxyError("hunter2"), Unreachable, "proxy", id="proxy"),
    ],
)
async def test_failures(error: httpx.TransportError, kind: type[CallError], said: str) -> None:
    """Errors of httpx become ours, before and within the body, and neither quotes nor holds httpx's."""

    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    for transport in (HttpxTransport(httpx.MockTransport(handler)), streaming(Stream(b"x", error))):
        with pytest.raises(CallError) as caught:
            await ask(transport)

        assert type(caught.value) is kind
        assert said in str(caught.value)
        assert "r.example" in str(caught.value)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__context__ is None


def foreign(root: type[BaseException]) -> Iterator[type[BaseException]]:
    for child in root.__subclasses__():
        yield child
        yield from foreign(child)


@pytest.mark.parametrize("root", [httpx.RequestError, httpx.StreamError, httpx.InvalidURL])
def test_every_error_has_a_row(root: type[BaseException]) -> None:
    """Whatever a transport of httpx's can raise is translated, a sub-class by its nearest base."""
    for kind in (root, *foreign(root)):
        assert any(base.__name__ in HTTPX_ROWS for base in kind.__mro__)


async def test_over_a_socket() -> None:
    """The transport that httpx has itself works behind the adapter."""
    async with serving(answering(http(gzip.compress(b"ok"), "Content-Encoding: gzip"))) as server:
        transport = HttpxTransport(httpx.AsyncHTTPTransport())
        reply = await ask(transport, server.http)
        await transport.close()

    assert reply.body == b"ok"


async def test_read_timeout_over_a_socket() -> None:
    """Time-outs reach httpx's own transport."""
    async with serving(hanging) as server:
        transport = HttpxTransport(httpx.AsyncHTTPTransport())
        with pytest.raises(TimedOut):
            await transport.send("GET", server.http, {}, b"", timeouts=Timeouts(connect_s=1.0, read_s=0.05))
        await transport.close()


def test_httpx_is_imported_late() -> None:
    """A worker without such a transport does not pay for httpx."""
    script = "import sys, worker.azure; sys.exit('httpx' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
