import asyncio
import ssl
from pathlib import Path

import pytest

from tests.rooms.azure.transport.pools import HEADERS, PATIENT, a_pool, post
from tests.rooms.azure.transport.servers import Run, Server, answering, ending, hanging, http, serving
from worker.azure import AzureOptions, DefaultTransport, Timeouts
from worker.errors import TimedOut, Unreachable
from worker.wire import Reply


async def test_round_trip() -> None:
    """The service gets the very request, and the caller the very answer."""
    answer = http(b"hello", "X-Request-ID: 1", "Via: a", "via: b", status="418 I'm a teapot")
    async with serving(answering(answer)) as server, a_pool() as pool:
        reply = await post(pool, f"{server.http}/a%2Fb/%2E%2E/c?q=%20x", b"body")

    assert server.requests == ["POST /a%2Fb/%2E%2E/c?q=%20x HTTP/1.1"]
    assert server.bodies == [b"body"]
    assert server.headers[0]["api-key"] == "hunter2"
    assert (418, "I'm a teapot", b"hello") == (reply.status, reply.reason, reply.body)
    assert reply.headers == (("Content-Length", "5"), ("X-Request-ID", "1"), ("Via", "a"), ("via", "b"))


async def test_one_connection_serves_many() -> None:
    """A connection is used again."""
    async with serving(answering(http(b"ok"))) as server, a_pool() as pool:
        for _ in range(3):
            await post(pool, server.http)

    assert server.connections == 1


async def test_no_limit_of_its_own() -> None:
    """A hundred and fifty calls are in flight at once; only permits limit them."""
    everyone = asyncio.Event()

    async def handler(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.request(reader)
        if len(server.requests) == 150:
            everyone.set()
        await everyone.wait()
        writer.write(http(b"ok"))
        await writer.drain()
        await reader.read()

    async with serving(handler) as server, a_pool() as pool, asyncio.timeout(30):
        replies = await asyncio.gather(*(post(pool, server.http) for _ in range(150)))

    assert {b"ok"} == {reply.body for reply in replies}


async def test_redirects_are_not_followed() -> None:
    """A redirect is an answer: credentials go nowhere else."""
    async with serving(answering(http())) as other, a_pool() as pool:
        moved = http(b"", f"Location: {other.http}/steal", status="307 Temporary Redirect")
        async with serving(answering(moved)) as server:
            reply = await post(pool, server.http)

    assert (307, 0) == (reply.status, other.connections)


async def test_cookies_are_not_kept() -> None:
    """One job's answer leaves nothing behind for the next job's request."""
    async with serving(answering(http(b"", "Set-Cookie: a=b; Path=/"))) as server, a_pool() as pool:
        await post(pool, server.http)
        await post(pool, server.http)

    assert "cookie" not in server.headers[1]


async def test_closed_connection_is_not_used_again() -> None:
    """A connection that the service has closed in the meantime is replaced without anybody noticing."""
    async with serving(ending(http(b"ok"))) as server, a_pool() as pool:
        await post(pool, server.http)
        async with asyncio.timeout(10):
            await server.gone.get()
        reply = await post(pool, server.http)

    assert (b"ok", 2) == (reply.body, server.connections)


async def dying_on_the_second(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the first request of a connection, read the second and end without a word."""
    await server.request(reader)
    writer.write(http(b"ok"))
    await writer.drain()
    await server.request(reader)


async def test_a_post_is_never_repeated() -> None:
    """A request that was read and not answered may have been billed: it is not sent again."""
    async with serving(dying_on_the_second) as server, a_pool() as pool:
        await post(pool, server.http)
        with pytest.raises(Unreachable):
            await post(pool, server.http)

    assert (2, 1) == (len(server.requests), server.connections)


async def test_a_get_is_repeated_once() -> None:
    """Reading does no harm twice, so a connection that just died costs no failure."""
    async with serving(dying_on_the_second) as server, a_pool() as pool:
        for _ in range(2):
            reply = await pool.send("GET", server.http, HEADERS, b"", timeouts=PATIENT)

    assert (b"ok", 2) == (reply.body, server.connections)


def test_cancelled_calls_leave_nothing_behind(run: Run) -> None:
    """A hundred cancelled calls hold no slot and no connection of a pool of four."""

    async def scenario() -> tuple[list[Reply | BaseException], list[Reply]]:
        async with serving(hanging) as stuck, a_pool(AzureOptions(max_connections=4)) as pool, asyncio.timeout(10):
            calls = [asyncio.create_task(post(pool, stuck.http)) for _ in range(100)]
            for _ in range(4):
                await stuck.arrived.get()
            for call in calls:
                call.cancel()
            results = await asyncio.gather(*calls, return_exceptions=True)
            for _ in range(stuck.connections):
                await stuck.gone.get()
            async with serving(answering(http(b"ok"))) as server:
                return results, await asyncio.gather(*(post(pool, server.http) for _ in range(8)))

    cancelled, replies = run(scenario())

    assert {type(result) for result in cancelled} == {asyncio.CancelledError}
    assert {reply.body for reply in replies} == {b"ok"}


async def test_silence_is_bounded() -> None:
    """The read time-out is the longest silence, also in the middle of a body."""

    async def handler(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
        await reader.read()

    async with serving(handler) as server, a_pool() as pool:
        with pytest.raises(TimedOut, match=r"0\.05 s \(read time-out\)"):
            await post(pool, server.http, timeouts=Timeouts(connect_s=10.0, read_s=0.05))


async def test_own_authority(tls: ssl.SSLContext, ca_file: Path) -> None:
    """A certificate of the operator's own authority is trusted when the options say so."""
    async with serving(answering(http(b"ok")), tls=tls) as server, a_pool(AzureOptions(ca_file=ca_file)) as pool:
        reply = await post(pool, server.https)

    assert reply.body == b"ok"


@pytest.mark.parametrize("content", [pytest.param(None, id="missing"), pytest.param("no certificate", id="not PEM")])
def test_unusable_authority(tmp_path: Path, content: str | None) -> None:
    """A file that holds no certificate is found when the worker starts, not with the first job."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ValueError, match=r"ca_file.*ca\.pem"):
        DefaultTransport(AzureOptions(ca_file=path))


async def test_close() -> None:
    """Closing ends every connection, and a pool that was never used closes as well."""
    async with serving(answering(http())) as server:
        async with a_pool() as pool:
            await post(pool, server.http)
        async with asyncio.timeout(10):
            await server.gone.get()
        async with a_pool():
            pass

    assert server.connections == 1


async def test_close_under_way() -> None:
    """A call that is under way when the pool closes fails as one whose connection broke."""
    async with serving(hanging) as server, a_pool() as pool:
        call = asyncio.create_task(post(pool, server.http))
        await server.arrived.get()
        await pool.close()
        with pytest.raises(Unreachable):
            await call
