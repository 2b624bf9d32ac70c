import asyncio
import gzip
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.azure.transport.pools import HEADERS, PATIENT, a_pool, post
from tests.rooms.azure.transport.servers import Run, Server, answering, hanging, http, serving
from worker.azure import AzureOptions
from worker.azure.transport.direct import head_of, place_of
from worker.azure.transport.exchange import Connection, CutOff, NoAnswer, NotHttp
from worker.errors import InvalidResponse
from worker.wire import Reply

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX-T: 2\r\n\r\n"
_INTERIM = b"HTTP/1.1 102 Processing\r\nX-B: 2\r\n\r\n" + http(b"hello", "X-A: 1")


class Line(asyncio.Transport):
    """The other end of a connection: takes what is written, and hangs up when told."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.is_aborted = True


async def exchanged(*pieces: bytes, limit_bytes: int = 1_000_000) -> Reply:
    """What one exchange brings when the service sends *pieces* and hangs up."""
    line, connection = Line(), Connection(limit_bytes, lambda _: None)
    connection.connection_made(line)
    call = asyncio.ensure_future(connection.exchange(b"head", b"body", read_s=None))
    await asyncio.sleep(0)
    for piece in pieces:
        if not line.is_aborted:
            connection.data_received(piece)
    connection.connection_lost(None)
    return await call


@pytest.mark.parametrize("answer", [http(b"hello", "X-A: 1"), _CHUNKED, _INTERIM], ids=["plain", "chunks", "interim"])
@given(cuts=st.lists(st.integers(0, 120), max_size=8))
@settings(max_examples=40, deadline=None)
def test_however_it_is_cut(answer: bytes, cuts: list[int]) -> None:
    """An answer is the same in whatever pieces it comes, and neither interim answers nor trailers are in it."""
    edges = [0, *sorted(cuts), len(answer)]
    pieces = [piece for start, end in pairwise(edges) if (piece := answer[start:end])]

    got = asyncio.run(exchanged(*pieces))

    assert (200, b"hello") == (got.status, got.body)
    assert "1" == dict(got.headers)["X-A"]
    assert {"X-B", "X-T"}.isdisjoint(dict(got.headers))


@given(before=st.sampled_from([b"", http(b"hello"), _CHUNKED, b"HTTP/1.1 200 OK\r\n"]), noise=st.binary(max_size=200))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_noise(before: bytes, noise: bytes) -> None:
    """Whatever comes is an answer or one of the failures that have a row; nothing else is raised and nothing hangs."""
    half = len(before) // 2
    with suppress(NoAnswer, CutOff, NotHttp, InvalidResponse):
        got = asyncio.run(asyncio.wait_for(exchanged(before[:half] + noise, before[half:]), 5))
        assert 200 <= got.status < 1000


@pytest.mark.parametrize(
    ("pieces", "failure"),
    [
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"], NotHttp, id="lengths"
        ),
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
            NotHttp,
            id="length and chunks",
        ),
        pytest.param(
            [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"], NotHttp, id="101"
        ),
        pytest.param([b"HTTP/1.1 200 OK\r\nX: "] + [b"a" * 60_000] * 6, NotHttp, id="a header without end"),
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x="] + [b"a" * 60_000] * 6,
            NotHttp,
            id="a chunk extension without end",
        ),
        pytest.param([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe"], CutOff, id="chunks, cut off"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"], CutOff, id="cut off"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"x" * 9], InvalidResponse, id="too large"),
    ],
)
async def test_what_is_no_answer(pieces: list[bytes], failure: type[Exception]) -> None:
    """What could be read in two ways, or never ends, is refused."""
    with pytest.raises(failure):
        await exchanged(*pieces, limit_bytes=8)


async def test_more_than_was_asked_for() -> None:
    """What follows an answer is nobody's: the connection is given up, and the next call gets its own answer."""
    answer = http(b"mine") + http(b"not asked for")
    async with serving(answering(answer)) as server, a_pool() as pool:
        replies = [await post(pool, server.http) for _ in range(2)]

    assert [b"mine", b"mine"] == [reply.body for reply in replies]
    assert 2 == server.connections


def test_old_connections_are_left(run: Run) -> None:
    """A connection that was idle for too long is hung up by us, before the service does."""

    async def scenario() -> int:
        async with serving(answering(http(b"ok"))) as server, a_pool(AzureOptions(keepalive_s=0.05)) as pool:
            await post(pool, server.http)
            async with asyncio.timeout(10):
                await server.gone.get()
            await post(pool, server.http)
            return server.connections

    assert 2 == run(scenario())


def test_cancelled_is_hung_up(run: Run) -> None:
    """A cancelled call ends its connection at once, so that the service can stop working on it."""

    async def scenario() -> int:
        async with serving(hanging) as server, a_pool() as pool, asyncio.timeout(10):
            call = asyncio.create_task(post(pool, server.http))
            await server.arrived.get()
            call.cancel()
            await server.gone.get()
            return server.connections

    assert 1 == run(scenario())


async def test_other_methods_take_the_general_way() -> None:
    """What is no POST is answered all the same."""
    async with serving(answering(http(gzip.compress(b"ok"), "Content-Encoding: gzip"))) as server, a_pool() as pool:
        reply = await pool.send("DELETE", f"{server.http}/files/1", HEADERS, b"", timeouts=PATIENT)

    assert b"ok" == reply.body
    assert ["DELETE /files/1 HTTP/1.1"] == server.requests


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@host/x",
        "http://höst/x",
        "http://host/a b",
        "http://host/x#part",
        "http://host/x\r\ny",
        "ftp://host/x",
        "http:///x",
        "http://host:0/x",
        "http://host:99999/x",
        "http://[fe80::1%25eth0]/x",
    ],
)
def test_takes_plain_urls_alone(url: str) -> None:
    """A URL with anything special in it is left to the general client."""
    assert place_of(url) is None


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\ny", "ü", "a\0"])
def test_takes_plain_headers_alone(value: str) -> None:
    """A header that could become two lines is never written."""
    assert head_of("POST / HTTP/1.1\r\nhost: h\r\n", {"api-key": value}, b"") is None


def test_the_head() -> None:
    """The request has its host with the port, its length, and each header once."""
    there = place_of("https://host:8443/openai/x?api-version=1")
    assert there is not None

    assert ("host", 8443, True) == (there.place.host, there.place.port, there.place.is_tls)
    assert (
        b"POST /openai/x?api-version=1 HTTP/1.1\r\nhost: host:8443\r\naccept: */*\r\napi-key: k\r\n"
        b"content-length: 2\r\n\r\n"
    ) == head_of(there.line, {"api-key": "k"}, b"{}")


async def test_large_bodies_go_out_whole() -> None:
    """A body that is not copied behind its head arrives behind it all the same."""
    async with serving(answering(http(b"ok"))) as server, a_pool() as pool:
        await post(pool, server.http, b"x" * 200_000)

    assert [b"x" * 200_000] == server.bodies


async def test_a_second_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name has several addresses and the first does not answer, the next one is tried."""
    async with serving(answering(http(b"ok"))) as server, a_pool() as pool:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("127.0.0.1", server.port, type=1)
        refused = [(*entry[:4], ("127.0.0.1", 1)) for entry in found]

        async def lookup(*_arguments: object, **_options: object) -> list[object]:
            return [*refused, *found]

        monkeypatch.setattr(loop, "getaddrinfo", lookup)
        reply = await post(pool, f"http://service.example:{server.port}")

    assert b"ok" == reply.body


async def _reused(server: Server, bodies: int) -> int:
    async with a_pool() as pool:
        for _ in range(bodies):
            await post(pool, server.http)
    return server.connections


@pytest.mark.parametrize(
    ("line", "connections"), [pytest.param("X-A: 1", 1, id="kept"), pytest.param("Connection: close", 3, id="closed")]
)
async def test_the_service_decides_what_is_kept(line: str, connections: int) -> None:
    """A connection that the service says it will close is not used again."""
    async with serving(answering(http(b"ok", line))) as server:
        assert connections == await _reused(server, 3)
