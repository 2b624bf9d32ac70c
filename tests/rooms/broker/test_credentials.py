import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from worker.broker import (
    Basic,
    GatewayError,
    GatewayUnavailable,
    NoCredentials,
    NotPermitted,
    OAuth,
    OAuthClient,
)
from worker.broker.credentials import Token, fetch_token

CLIENT = OAuthClient(token_url="http://127.0.0.1:1/token", client_id="id", client_secret="s3cret", audience="zeebe")


class Issuer:
    """Hands out numbered tokens of *lifetime_s*, or fails with *trouble*; *is_slow* lets all wait for one."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.lifetime_s = 300.0
        self.trouble: GatewayError | None = None
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def clock(self) -> float:
        return self.now_s

    async def fetch(self, _client: OAuthClient) -> Token:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        if self.trouble is not None:
            raise self.trouble
        return Token(value=str(number), lifetime_s=self.lifetime_s)


@pytest.fixture
async def issuer() -> Issuer:
    """Where tokens come from."""
    return Issuer()


@pytest.fixture
def oauth(issuer: Issuer) -> OAuth:
    """A client of that issuer."""
    return OAuth(CLIENT, fetch=issuer.fetch, clock=issuer.clock)


def test_secrets_are_not_shown() -> None:
    """Neither the client's secret nor a token shows in a repr."""
    assert "s3cret" not in repr(CLIENT)
    assert "t0ken" not in repr(Token(value="t0ken", lifetime_s=1))


async def test_nobody_sends_nothing() -> None:
    """Without credentials there is no authorization, and nothing to renew."""
    assert await NoCredentials().authorization() is None
    assert not await NoCredentials().renew(None)


async def test_a_user_is_sent_as_it_is() -> None:
    """Basic authentication is what RFC 7617 says, and does not change when it is refused."""
    basic = Basic("ann", "p:w")

    value = await basic.authorization()

    assert value == "Basic " + base64.b64encode(b"ann:p:w").decode()
    assert not await basic.renew(value)


async def test_a_token_is_fetched_once_for_all(oauth: OAuth, issuer: Issuer) -> None:
    """However many calls wait for the first token, there is one request for it."""
    issuer.may_answer.clear()
    calls = [asyncio.create_task(oauth.authorization()) for _ in range(50)]
    await asyncio.sleep(0)
    issuer.may_answer.set()

    assert {await call for call in calls} == {"Bearer 1"}
    assert issuer.asked == 1


async def test_a_caller_that_gives_up_does_not_stop_the_others(oauth: OAuth, issuer: Issuer) -> None:
    """The one that fetches may be cancelled; the next one fetches instead."""
    issuer.may_answer.clear()
    first, second = asyncio.create_task(oauth.authorization()), asyncio.create_task(oauth.authorization())
    await asyncio.sleep(0)
    first.cancel()
    issuer.may_answer.set()

    assert await second == "Bearer 2"


async def test_a_token_is_renewed_ahead(oauth: OAuth, issuer: Issuer) -> None:
    """A token is used until 30 s before its end, then there is a new one."""
    await oauth.authorization()
    issuer.now_s = 269

    assert await oauth.authorization() == "Bearer 1"
    issuer.now_s = 271
    assert await oauth.authorization() == "Bearer 2"


async def test_a_short_token_is_used_for_most_of_its_life(oauth: OAuth, issuer: Issuer) -> None:
    """A token that lives for 20 s is not asked for with every call."""
    issuer.lifetime_s = 20
    await oauth.authorization()
    issuer.now_s = 17

    assert await oauth.authorization() == "Bearer 1"


async def test_nobody_waits_for_a_renewal_ahead_but_the_one_who_does_it(oauth: OAuth, issuer: Issuer) -> None:
    """While a token that is still good is renewed, the other calls use it."""
    await oauth.authorization()
    issuer.now_s = 280
    issuer.may_answer.clear()
    renewing = asyncio.create_task(oauth.authorization())
    await asyncio.sleep(0)

    assert await oauth.authorization() == "Bearer 1"
    issuer.may_answer.set()
    assert await renewing == "Bearer 2"


async def test_a_renewal_that_fails_costs_nothing_while_the_token_is_good(oauth: OAuth, issuer: Issuer) -> None:
    """An identity provider that is away for a moment is not noticed."""
    await oauth.authorization()
    issuer.now_s = 280
    issuer.trouble = GatewayUnavailable("away")

    assert await oauth.authorization() == "Bearer 1"


async def test_a_failure_is_shared_for_a_second(oauth: OAuth, issuer: Issuer) -> None:
    """Many calls do not become many requests to a provider that is down; after a second it is asked again."""
    issuer.trouble = GatewayUnavailable("away")
    for _ in range(5):
        with pytest.raises(GatewayUnavailable, match="away"):
            await oauth.authorization()

    assert issuer.asked == 1
    issuer.now_s, issuer.trouble = 1.1, None
    assert await oauth.authorization() == "Bearer 2"


async def test_a_refused_token_is_replaced_once(oauth: OAuth, issuer: Issuer) -> None:
    """Many calls whose token was refused at the same time fetch one new token between them."""
    refused = await oauth.authorization()

    renewed = await asyncio.gather(*(oauth.renew(refused) for _ in range(20)))

    assert all(renewed)
    assert issuer.asked == 2
    assert await oauth.authorization() == "Bearer 2"


class TokenServer:
    """A token endpoint on loopback that answers *status* and *body* and notes the forms."""

    def __init__(self) -> None:
        self.status = 200
        self.body = '{"access_token": "abc", "expires_in": 120}'
        self.forms: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=self.status, text=self.body, headers={"Location": "http://127.0.0.1:1/"})


@pytest.fixture
async def server() -> AsyncIterator[TokenServer]:
    """An identity provider."""
    provider = TokenServer()
    application = web.Application()
    application.router.add_post("/token", provider.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    provider.url = f"http://{host}:{port}/token"
    yield provider
    await runner.cleanup()


def _client(server: TokenServer) -> OAuthClient:
    return OAuthClient(token_url=server.url, client_id="id", client_secret="s3cret", audience="zeebe", scope="all")


async def test_the_request_is_that_of_the_standard(server: TokenServer) -> None:
    """Client credentials go as a form (RFC 6749, 4.4.2), with audience and scope."""
    token = await fetch_token(_client(server))

    assert (token.value, token.lifetime_s) == ("abc", 120)
    assert server.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "id",
            "client_secret": "s3cret",
            "audience": "zeebe",
            "scope": "all",
        }
    ]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(401, '{"error": "s3cret is wrong"}', NotPermitted, id="refused"),
        pytest.param(302, "", NotPermitted, id="a redirect is not followed with a secret"),
        pytest.param(503, "", GatewayUnavailable, id="down"),
        pytest.param(429, "", GatewayUnavailable, id="busy"),
        pytest.param(200, "<html>", GatewayUnavailable, id="a page"),
        pytest.param(200, "{}", GatewayUnavailable, id="no token"),
    ],
)
async def test_what_is_no_token_is_said(server: TokenServer, status: int, body: str, kind: type[Exception]) -> None:
    """Each way to get no token has its error, which names the endpoint and never the secret."""
    server.status, server.body = status, body

    with pytest.raises(kind, match="no token") as caught:
        await fetch_token(_client(server))

    assert server.url in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_provider_that_is_not_there_is_said() -> None:
    """A connection that is refused is an error that may pass."""
    with pytest.raises(GatewayUnavailable, match="cannot be reached"):
        await fetch_token(CLIENT)
