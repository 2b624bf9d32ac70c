"""As whom the gateway is spoken to: nobody, a user with a password, or an OAuth client with its token."""

import asyncio
import base64
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import msgspec

from worker.broker.gateway import GatewayError, GatewayUnavailable, NotPermitted

__all__ = [
    "SAAS_AUDIENCE",
    "SAAS_TOKEN_URL",
    "Basic",
    "Credentials",
    "NoCredentials",
    "OAuth",
    "OAuthClient",
    "Token",
    "fetch_token",
]

SAAS_AUDIENCE: Final = "zeebe.camunda.io"
SAAS_TOKEN_URL: Final = "https://login.cloud.camunda.io/oauth/token"  # noqa: S105 - an address, no secret

_FIRST_ERROR_STATUS = 300
_FIRST_SERVER_ERROR_STATUS = 500
_LATER: Final = frozenset({408, 429})
_DEFAULT_LIFETIME_S = 300.0  # expires_in is only recommended (RFC 6749, 5.1)
_MAX_ANSWER_BYTES = 256 * 1024
_AHEAD_S = 30.0
_PAUSE_AFTER_FAILURE_S = 1.0


class Credentials(Protocol):
    """Who we are, asked before every call."""

    async def authorization(self) -> str | None:
        """Value of the `authorization` metadata, None for none. Raises NotPermitted or GatewayUnavailable."""

    async def renew(self, refused: str | None) -> bool:
        """Whether `authorization` has something else to offer now that the gateway has refused *refused*."""


class NoCredentials:
    """Nobody in particular."""

    async def authorization(self) -> str | None:
        return None

    async def renew(self, refused: str | None) -> bool:
        return refused is not None


class Basic:
    """A user with a password."""

    def __init__(self, username: str, password: str) -> None:
        pair = f"{username}:{password}".encode()
        self._value = f"Basic {base64.b64encode(pair).decode()}"

    async def authorization(self) -> str | None:
        return self._value

    async def renew(self, refused: str | None) -> bool:
        return refused != self._value


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """
    An OAuth client (RFC 6749, 4.4) and where it gets its tokens.

    Empty *audience* and *scope* are not sent. *ca_file* (PEM) takes the place of the system's authorities.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    audience: str = ""
    scope: str = ""
    ca_file: Path | None = None
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and how long it is good for, counted from when it was asked for."""

    value: str = field(repr=False)
    lifetime_s: float


class OAuth:
    """
    An OAuth client. All calls share its token, which is fetched once however many wait for it.

    It is renewed 30 s before its end, or with a tenth of its life left if that is shorter; a token that is still good
    is used while it is being renewed, and when that fails. A failed fetch is not repeated within a second.
    """

    def __init__(
        self,
        client: OAuthClient,
        *,
        fetch: Callable[[OAuthClient], Awaitable[Token]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._fetch = fetch or fetch_token
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._value: str | None = None
        self._stale_s = 0.0
        self._ends_s = 0.0
        self._failure: GatewayError | None = None
        self._again_s = 0.0

    async def authorization(self) -> str | None:
        if self._clock() < self._stale_s:
            return self._value
        if self._is_good() and self._fetching.locked():
            return self._value
        await self._get_another(self._value)
        return self._value

    async def renew(self, refused: str | None) -> bool:
        if self._value == refused:
            self._stale_s = self._ends_s = 0.0
            await self._get_another(refused)
        return self._value != refused

    def _is_good(self) -> bool:
        return self._value is not None and self._clock() < self._ends_s

    async def _get_another(self, than: str | None) -> None:
        async with self._fetching:
            if self._value != than:  # somebody else has got it while we waited
                return
            if self._failure is not None and self._clock() < self._again_s:
                if not self._is_good():
                    raise self._failure
                return
            await self._get()

    async def _get(self) -> None:
        asked_s = self._clock()
        try:
            token = await self._fetch(self._client)
        except GatewayError as error:
            self._failure = error
            self._again_s = self._clock() + _PAUSE_AFTER_FAILURE_S
            if not self._is_good():
                raise
            return
        self._failure = None
        self._value = f"Bearer {token.value}"
        self._ends_s = asked_s + token.lifetime_s
        self._stale_s = self._ends_s - min(_AHEAD_S, token.lifetime_s / 10)


class _Answer(msgspec.Struct):
    access_token: str
    expires_in: float | str = _DEFAULT_LIFETIME_S


async def fetch_token(client: OAuthClient) -> Token:
    """One request to the token endpoint. Raises NotPermitted when it refuses, GatewayUnavailable for the rest."""
    import aiohttp  # noqa: PLC0415 - 0.2 s and 15 MB that only a cluster with OAuth needs

    context = await asyncio.to_thread(ssl.create_default_context, cafile=client.ca_file)  # reads files
    timeout = aiohttp.ClientTimeout(total=client.timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.post(client.token_url, data=_form(client), allow_redirects=False, ssl=context) as response,
        ):
            status, body = response.status, await response.content.read(_MAX_ANSWER_BYTES)
    except TimeoutError as cause:
        raise GatewayUnavailable(f"no token: {client.token_url} did not answer in {client.timeout_s:g} s") from cause
    except (aiohttp.ClientError, OSError) as cause:
        raise GatewayUnavailable(f"no token: {client.token_url} cannot be reached: {cause}") from cause
    return _token(client, status, body)


def _form(client: OAuthClient) -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    if client.audience:
        form["audience"] = client.audience
    if client.scope:
        form["scope"] = client.scope
    return form


def _token(client: OAuthClient, status: int, body: bytes) -> Token:
    if status >= _FIRST_SERVER_ERROR_STATUS or status in _LATER:
        raise GatewayUnavailable(f"no token: {client.token_url} answered {status}")
    if status >= _FIRST_ERROR_STATUS:  # the body may echo what we sent, so it is not shown
        raise NotPermitted(f"no token: {client.token_url} answered {status}; check client id, secret and audience")
    try:
        answer = msgspec.json.decode(body, type=_Answer)
        return Token(value=answer.access_token, lifetime_s=float(answer.expires_in))
    except (msgspec.MsgspecError, ValueError) as cause:
        raise GatewayUnavailable(f"no token: {client.token_url} gave an answer without access_token") from cause
