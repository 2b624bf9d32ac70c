import asyncio
import gzip
import zlib

import pytest

from tests.rooms.azure.transport.pools import HEADERS, PATIENT, a_pool, post
from tests.rooms.azure.transport.servers import answering, ending, http, serving
from worker.azure import AzureOptions
from worker.errors import InvalidResponse

_DEFLATED = zlib.compress(b"hello")
_CHUNK = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"


async def test_odd_bytes() -> None:
    """A header and a reason beyond UTF-8 are still text that JSON can hold."""
    answer = b"HTTP/1.1 400 \xff\xfe\r\nX-A: \xc3\xa4\xff\r\nContent-Length: 0\r\n\r\n"
    async with serving(answering(answer)) as server, a_pool() as pool:
        reply = await post(pool, server.http)

    assert reply.reason == "\ufffd\ufffd"
    assert reply.header("x-a") == "\u00e4\ufffd"


async def test_empty_body() -> None:
    """A GET sends no body and no length, and an empty answer is an empty one."""
    async with serving(answering(http(status="204 No Content"))) as server, a_pool() as pool:
        reply = await pool.send("GET", f"{server.http}/models", HEADERS, b"", timeouts=PATIENT)

    assert "content-length" not in server.headers[0]
    assert reply.body == b""


async def test_large_body_upwards() -> None:
    """A body of several megabytes goes out whole, with its length stated."""
    async with serving(answering(http())) as server, a_pool() as pool:
        await post(pool, server.http, b"x" * 3_000_000)

    assert server.bodies == [b"x" * 3_000_000]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http(gzip.compress(b"hello"), "Content-Encoding: gzip"), id="gzip"),
        pytest.param(http(_DEFLATED, "Content-Encoding: deflate"), id="deflate"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", id="chunked"
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + http(b"hello"), id="a word in between"),
    ],
)
async def test_decodes(answer: bytes) -> None:
    """A body arrives decoded, however it travelled."""
    async with serving(answering(answer)) as server, a_pool() as pool:
        reply = await post(pool, server.http)

    assert reply.body == b"hello"


async def test_body_until_the_end_of_the_connection() -> None:
    """An answer without a length ends with its connection."""
    async with serving(ending(b"HTTP/1.1 200 OK\r\n\r\nhello")) as server, a_pool() as pool:
        reply = await post(pool, server.http)

    assert reply.body == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 20_000, id="length stated"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _CHUNK * 3, id="chunked, without an end"
        ),
    ],
)
async def test_too_large(answer: bytes) -> None:
    """A body is read to the limit and no further, and its connection is given up."""
    async with serving(answering(answer)) as server, a_pool(AzureOptions(max_response_bytes=10_000)) as pool:
        with pytest.raises(InvalidResponse, match="10,000 bytes"):
            await post(pool, server.http)
        async with asyncio.timeout(10):
            await server.gone.get()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(gzip.compress(b"\0" * 20_000_000), "100,000 bytes", id="bomb"),
        pytest.param(b"hello", "cannot be decompressed", id="no gzip"),
        pytest.param(gzip.compress(b"hello" * 100)[:-12], "cut off", id="half a gzip"),
    ],
)
async def test_bad_gzip(body: bytes, said: str) -> None:
    """A compressed body is held to the limit as what it becomes, and it has to be whole."""
    answer = http(body, "Content-Encoding: gzip")
    async with serving(answering(answer)) as server, a_pool(AzureOptions(max_response_bytes=100_000)) as pool:
        with pytest.raises(InvalidResponse, match=said):
            await post(pool, server.http)


async def test_exactly_large_enough() -> None:
    """The limit itself is allowed."""
    async with (
        serving(answering(http(b"x" * 10_000))) as server,
        a_pool(AzureOptions(max_response_bytes=10_000)) as pool,
    ):
        reply = await post(pool, server.http)

    assert len(reply.body) == 10_000
