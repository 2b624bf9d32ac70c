"""
The general transport: one aiohttp pool for the whole process, for whatever the direct path does not take.

aiohttp because its pool costs a thirtieth of httpx's at 50 calls in flight and gives a cancelled call's slot back.

A pooled connection may be closed by the service in the very moment we write to it. aiohttp itself then repeats
idempotent methods once. A POST is not repeated here: once written, nothing proves that the service did not read it
(RFC 9110 9.2.2), and an answer that nobody sees is still billed. A connection that is known to be closed is not used,
and *keepalive_s* lets us hang up first, so this is rare. `CallError.broke_off` tells the caller, who decides.
"""

import io
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from worker.azure.guard import AddressGuard
from worker.azure.options import AzureOptions
from worker.azure.transport.direct import trusted
from worker.azure.transport.failures import Attempt, translate
from worker.azure.transport.inflate import inflate
from worker.azure.transport.seam import Timeouts, header_pairs, header_text
from worker.errors import InvalidResponse
from worker.extras import optional
from worker.proxies import Proxies
from worker.wire import Reply

__all__ = ["AiohttpTransport"]

_IN_ONE_PIECE_BYTES: Final = 1024 * 1024  # aiohttp warns above it: one long write holds up the loop


class AiohttpTransport:
    """A pool over all hosts, opened with the first call. ValueError at once where *ca_file* or a proxy is unusable."""

    def __init__(self, options: AzureOptions) -> None:
        self._options = options
        self._tls = trusted(options.ca_file)
        self._proxies = Proxies(http=options.http_proxy, https=options.https_proxy, no_proxy=options.no_proxy)
        self._guard = AddressGuard(options.denied_addresses)
        self._session: aiohttp.ClientSession | None = None
        self._proxied: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        """See Transport."""
        proxy = self._proxies.proxy_for(url)
        session = self._direct() if proxy is None else self._through_proxies()
        try:
            if proxy is not None:  # the proxy looks names up and connects; what is plain to see is refused here
                self._guard.check(urlsplit(url).hostname or "")
            async with session.request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=_payload(body),
                allow_redirects=False,
                timeout=_limits(timeouts),
                proxy=proxy,
            ) as response:
                return Reply(
                    status=response.status,
                    reason=header_text((response.reason or "").encode("utf-8", "surrogateescape")),
                    headers=header_pairs([*chain.from_iterable(response.raw_headers)]),
                    body=await self._body(response),
                )
        except (aiohttp.ClientError, OSError) as error:
            failure = translate(error, Attempt(url, proxy, timeouts))
        raise failure  # outside the handler, so that the foreign error is not its context

    async def close(self) -> None:
        """See Transport."""
        for session in (self._session, self._proxied):
            if session is not None:
                await session.close()

    def for_azure_core(self) -> object:
        """This pool as a transport of Microsoft's own clients."""
        core: Any = optional("azure.core.pipeline.transport", extra="azure-identity", purpose="signing in")
        return core.AioHttpTransport(session=self._direct(), session_owner=False)

    def _direct(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = self._open(self._guard or None)
        return self._session

    def _through_proxies(self) -> aiohttp.ClientSession:
        """The proxy is the operator's own choice, wherever it is: what is guarded is what tasks choose."""
        if self._proxied is None:
            self._proxied = self._open(None)
        return self._proxied

    def _open(self, guard: AddressGuard | None) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._options.max_connections,
            keepalive_timeout=self._options.keepalive_s,
            ttl_dns_cache=self._options.dns_cache_s,
            ssl=self._tls,
            socket_factory=guard,
        )
        # Decoded by us: aiohttp takes a gzip body that was cut off for a whole one.
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Read the decoded body; of one that is too large or broken the rest is left, and its connection closed."""
        coding = ", ".join(response.headers.getall("Content-Encoding", []))
        try:
            return await inflate(
                response.content.iter_any(), coding=coding, limit_bytes=self._options.max_response_bytes
            )
        except InvalidResponse:
            response.close()
            raise


def _payload(body: bytes) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if len(body) > _IN_ONE_PIECE_BYTES else body or None


@lru_cache(maxsize=8)  # one set of time-outs serves every call
def _limits(timeouts: Timeouts) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=timeouts.connect_s, sock_read=timeouts.read_s)
