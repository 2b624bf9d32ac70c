import base64
import traceback

import pytest

from tests.rooms.broker.rpc.calling import ask, failure_of
from tests.rooms.broker.rpc.peer import Peer
from tests.rooms.broker.rpc.proxy import Proxy
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Channel, RpcError, StatusCode
from worker.broker.rpc.tunnel import proxy_of

SECRET = "p:w/ü"  # as it is; in the URL it is percent-encoded
QUOTED = "p%3Aw%2F%C3%BC"


def _through(url: str, address: str = "zeebe.example:26500") -> Channel:
    return Channel(GatewayOptions(address=address, proxy=url))


async def _refusal(proxy: Proxy) -> RpcError:
    channel = _through(proxy.url.replace("//", f"//me:{QUOTED}@"))
    try:
        return await failure_of(channel)
    finally:
        await channel.close()


@pytest.mark.parametrize("is_eager", [False, True], ids=["at leisure", "in one piece"])
async def test_calls_go_through_a_proxy(peer: Peer, *, is_eager: bool) -> None:
    """The proxy resolves the name and carries every byte, also those that come right behind its own."""
    async with Proxy(peer.port, is_eager=is_eager) as proxy:
        channel = _through(proxy.url)
        answers = [await ask(channel, b"1"), await ask(channel, bytes(200_000))]
        await channel.close()

        assert [b"1", bytes(200_000)] == answers
        assert [["CONNECT zeebe.example:26500 HTTP/1.1", "host: zeebe.example:26500"]] == proxy.heads
    assert peer.exchanges[0].headers[":authority"] == "zeebe.example:26500"


@pytest.mark.parametrize(
    ("who", "pair"),
    [
        (f"me:{QUOTED}@", f"me:{SECRET}"),
        ("me@", "me:"),
        ("me%40corp:x@", "me@corp:x"),
        (":x@", ":x"),
    ],
)
async def test_user_and_password_reach_the_proxy(peer: Peer, who: str, pair: str) -> None:
    """Who is named in the URL is told to the proxy as Basic, no longer percent-encoded, and not to the gateway."""
    async with Proxy(peer.port) as proxy:
        channel = _through(proxy.url.replace("//", f"//{who}"))
        await ask(channel)
        await channel.close()
        (told,) = [line for line in proxy.heads[0] if line.startswith("proxy-authorization: Basic ")]

    assert pair == base64.b64decode(told.rpartition(" ")[2]).decode()
    assert "proxy-authorization" not in peer.exchanges[0].headers


@pytest.mark.parametrize(
    ("says", "words"),
    [
        pytest.param(
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "the proxy wants a user and a password, or others (407)",
            id="who are you",
        ),
        pytest.param(
            b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
            "the proxy does not lead to the gateway: it answered 403",
            id="not there",
        ),
        pytest.param(
            b"HTTP/1.0 502 Bad Gateway\r\n\r\n",
            "the proxy does not lead to the gateway: it answered 502",
            id="broken",
        ),
        pytest.param(b"", "the proxy did not answer in HTTP", id="hangs up"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", "the proxy did not answer in HTTP", id="hangs up in the middle"),
        pytest.param(b"x" * 20_000, "the proxy did not answer in HTTP", id="endless"),
        pytest.param(b"HTTP/1.1\r\n\r\n", "the proxy did not answer in HTTP", id="no status"),
        pytest.param(b"SSH-2.0-x\r\n\r\n", "the proxy did not answer in HTTP", id="no HTTP"),
    ],
)
async def test_a_proxy_that_declines_is_told(says: bytes, words: str) -> None:
    """Why there is no way through the proxy is told, in words that tell it from the gateway's own errors."""
    async with Proxy(says=says) as proxy:
        error = await _refusal(proxy)

    assert (StatusCode.UNAVAILABLE, False) == (error.code, error.is_remote)
    assert error.details in {words, "the connection was reset"}  # by the system, if it was quicker than the proxy
    assert error.details == words or len(says) > 16_384


async def test_a_password_is_never_shown() -> None:
    """Neither errors, nor their traces, nor the options show the proxy's password."""
    async with Proxy(says=b"HTTP/1.1 407 No\r\n\r\n") as proxy:
        options = GatewayOptions(proxy=proxy.url.replace("//", f"//me:{QUOTED}@"))
        error = await _refusal(proxy)
    shown = "".join([str(error), repr(error), repr(options), str(options), *traceback.format_exception(error)])

    assert QUOTED not in shown
    assert SECRET not in shown
    assert base64.b64encode(f"me:{SECRET}".encode()).decode() not in shown


async def test_an_ipv6_target_is_in_brackets() -> None:
    """An address of IPv6 is asked for as HTTP writes it."""
    async with Proxy(says=b"HTTP/1.1 403 No\r\n\r\n") as proxy:
        channel = _through(proxy.url, "[::1]:26500")
        await failure_of(channel)
        await channel.close()

    assert [["CONNECT [::1]:26500 HTTP/1.1", "host: [::1]:26500"]] == proxy.heads


async def test_no_proxy_there_is_told() -> None:
    """A proxy that is not there is a refused connection."""
    async with Proxy() as proxy:
        url = proxy.url
    channel = _through(url)
    error = await failure_of(channel)
    await channel.close()

    assert (StatusCode.UNAVAILABLE, "connection refused") == (error.code, error.details)


async def test_a_proxy_that_leads_to_nobody_is_told() -> None:
    """A tunnel whose far end is lost before the gateway said hello is no connection."""
    async with Proxy(says=b"HTTP/1.1 200 OK\r\n\r\n") as proxy:
        error = await _refusal(proxy)

    assert error.code is StatusCode.UNAVAILABLE
    assert "hung up before a word" in error.details or error.details == "the connection was reset"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@proxy:3128",
        "socks5://me:secret@proxy",
        "http://",
        "proxy:3128",
        "//me:secret@proxy",
        "http://me:secret@proxy:99999",
        "http://me:secret@proxy:x",
        "http://me:secret@proxy:0",
    ],
)
async def test_other_proxies_are_refused(url: str) -> None:
    """A proxy that no tunnel can be asked of is refused when the channel is made, without its password."""
    with pytest.raises(ValueError, match="http://host:port") as caught:
        Channel(GatewayOptions(proxy=url))

    assert "secret" not in str(caught.value)


def test_a_proxy_is_read_from_its_url() -> None:
    """Host, port and user are where they belong."""
    proxy = proxy_of("http://me:pw@proxy.example:3128/")

    assert ("proxy.example", 3128, "me", "pw") == (proxy.hostname, proxy.port, proxy.username, proxy.password)
