"""The default transport: the direct path where it will do, and a general client for all the rest."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from worker.azure.guard import AddressGuard
from worker.azure.options import AzureOptions
from worker.azure.transport.direct import FAILURES, Direct, Place, add_authorities, head_of, place_of, trusted
from worker.azure.transport.inflate import inflate
from worker.azure.transport.seam import Timeouts
from worker.errors import ConnectorError
from worker.proxies import Proxies
from worker.wire import Reply

if TYPE_CHECKING:
    from worker.azure.transport.pooled import AiohttpTransport

__all__ = ["DefaultTransport"]

_CODED: Final = "content-encoding"


class DefaultTransport:
    """
    Pools over all hosts, opened with the first call. ValueError at once for an unusable *ca_file*, proxy or range.

    Other methods than POST, proxies, and URLs and headers that are not plain go to aiohttp, which is not even
    imported before that: it costs a fifth of a second and 15 MB.
    """

    def __init__(self, options: AzureOptions) -> None:
        self._options = options
        self._proxies = Proxies(http=options.http_proxy, https=options.https_proxy, no_proxy=options.no_proxy)
        AddressGuard(options.denied_addresses)  # a typo shows at the start, not with the first call
        if options.ca_file:  # likewise; the system's own authorities, a tenth of a second, can wait for the first call
            add_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), options.ca_file)
        self._direct: Direct | None = None
        self._general: AiohttpTransport | None = None

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Coroutine[object, object, Reply]:
        """See Transport."""
        if method == "POST" and (there := place_of(url)) is not None and self._proxies.proxy_for(url) is None:
            head = head_of(there.line, headers, body)
            if head is not None:
                return self._post(there.place, url, head, body, timeouts)
        general = self._general or self._open()
        return general.send(method, url, headers, body, timeouts=timeouts)

    async def close(self) -> None:
        """See Transport."""
        if self._direct is not None:
            self._direct.close()
            await asyncio.sleep(0)  # connections end in the loop's next step
        if self._general is not None:
            await self._general.close()

    def for_azure_core(self) -> object:
        """
        The general client as a transport of Microsoft's own; None where theirs will do.

        Theirs knows nothing of denied addresses, and trusts an own authority instead of the system's, not beside them.
        """
        if not (self._options.denied_addresses or self._options.ca_file):
            return None
        return (self._general or self._open()).for_azure_core()

    async def _post(self, place: Place, url: str, head: bytes, body: bytes, timeouts: Timeouts) -> Reply:
        if self._direct is None:
            self._direct = Direct(self._options, trust=self._trust)
        try:
            reply = await self._direct.post(place, head, body, timeouts=timeouts)
        except FAILURES as error:
            general = _general_client()  # its table of failures has our rows as well
            failure: ConnectorError = general.translate(error, general.Attempt(url, None, timeouts))
        else:
            if reply.header(_CODED) is None:
                return reply
            return replace(reply, body=await self._decoded(reply.body, coding_of(reply.headers)))
        raise failure  # outside the handler, so that the foreign error is not its context

    async def _decoded(self, body: bytes, coding: str) -> bytes:
        return await inflate(_whole(body), coding=coding, limit_bytes=self._options.max_response_bytes)

    def _trust(self) -> ssl.SSLContext:
        return trusted(self._options.ca_file)

    def _open(self) -> "AiohttpTransport":
        self._general = _general_client().AiohttpTransport(self._options)
        return self._general


def coding_of(headers: Iterable[tuple[str, str]]) -> str:
    """How a body is coded, by every header that says so: one alone would leave a second coding to whoever reads it."""
    return ", ".join(value for name, value in headers if name.lower() == _CODED)


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _general_client() -> ModuleType:
    from worker.azure.transport import pooled  # noqa: PLC0415 - see DefaultTransport

    return pooled
