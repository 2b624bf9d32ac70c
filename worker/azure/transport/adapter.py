"""
Any httpx transport as ours: for users who have one (recording, mutual TLS, a gateway's own), and for tests.

httpx's types are the seam, its connection pool is nobody's default here. The module is imported with the first
adapter only, since the worker itself never needs it.
"""

from collections.abc import Mapping
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from worker.azure.transport.inflate import inflate
from worker.azure.transport.seam import Timeouts, header_pairs, too_large
from worker.errors import CallError, InvalidResponse, TimedOut, Unreachable
from worker.wire import Reply

if TYPE_CHECKING:
    import httpx

__all__ = ["HTTPX_ROWS", "HttpxTransport"]

# By name, so that httpx need not be imported to read this; looked up like the other table, bases in order.
HTTPX_ROWS: Final[dict[str, tuple[type[CallError], str]]] = {
    "ConnectTimeout": (Unreachable, "no connection within {connect_s:g} s (connect time-out)"),
    "PoolTimeout": (Unreachable, "no free connection within {connect_s:g} s (connect time-out)"),
    "ReadTimeout": (TimedOut, "nothing came for {read_s} s (read time-out)"),
    "WriteTimeout": (TimedOut, "nothing was taken for {read_s} s (read time-out)"),
    "TimeoutException": (TimedOut, "it took too long"),
    "ConnectError": (Unreachable, "no connection; check name, port, TLS certificate, network and proxy"),
    "ProxyError": (Unreachable, "the proxy refused; check its address, credentials and rules"),
    "UnsupportedProtocol": (Unreachable, "it cannot be called: its URL is not usable"),
    "LocalProtocolError": (Unreachable, "the request cannot be sent as it is"),
    "RemoteProtocolError": (InvalidResponse, "it did not answer in HTTP, or hung up in the middle"),
    "DecodingError": (InvalidResponse, "the answer cannot be decompressed"),
    "NetworkError": (Unreachable, "the connection broke"),
    "TransportError": (Unreachable, "the connection broke"),
    "RequestError": (Unreachable, "the request failed"),
    "StreamError": (InvalidResponse, "the answer was cut off"),
    "InvalidURL": (Unreachable, "it cannot be called: its URL is not usable"),
}
_MIDWAY: Final = frozenset(
    {"ReadTimeout", "WriteTimeout", "TimeoutException", "RemoteProtocolError", "NetworkError", "TransportError"}
    | {"RequestError", "StreamError"}
)


class HttpxTransport:
    """Sends through *inner*, which it closes in the end. *max_response_bytes* counts after decompression."""

    def __init__(self, inner: "httpx.AsyncBaseTransport", *, max_response_bytes: int = 50 * 1024 * 1024) -> None:
        self._inner = inner
        self._limit = max_response_bytes
        self._httpx = _httpx()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        """See Transport."""
        connect_s, read_s = timeouts.connect_s, timeouts.read_s
        limits = {"connect": connect_s, "pool": connect_s, "read": read_s, "write": read_s}
        try:
            request = self._httpx.Request(method, url, headers=headers, content=body, extensions={"timeout": limits})
            response = await self._inner.handle_async_request(request)
            try:
                return await self._reply(response)
            finally:
                await response.aclose()
        except (self._httpx.RequestError, self._httpx.StreamError, self._httpx.InvalidURL) as error:
            failure = _translate(error, url, timeouts)
        raise failure  # outside the handler: httpx's error holds the request and its headers

    async def close(self) -> None:
        """See Transport."""
        await self._inner.aclose()

    async def _reply(self, response: "httpx.Response") -> Reply:
        if response.is_stream_consumed:  # made in memory, by a mock or a cache
            body = response.content
            if len(body) > self._limit:
                raise too_large(self._limit)
        else:
            coding = response.headers.get("content-encoding", "")
            body = await inflate(response.aiter_raw(), coding=coding, limit_bytes=self._limit)
        return Reply(
            status=response.status_code,
            reason=response.reason_phrase,
            headers=header_pairs([*chain.from_iterable(response.headers.raw)]),
            body=body,
        )


def _httpx() -> ModuleType:
    import httpx  # noqa: PLC0415 -- a twentieth of a second and 10 MB that only users of this class should pay

    return httpx


def _translate(error: BaseException, url: str, timeouts: Timeouts) -> CallError:
    name = next(base.__name__ for base in type(error).__mro__ if base.__name__ in HTTPX_ROWS)
    kind, text = HTTPX_ROWS[name]
    said = text.format(connect_s=timeouts.connect_s, read_s=timeouts.read_s)
    failure = kind(f"{urlsplit(url).hostname}: {said}")
    failure.broke_off = name in _MIDWAY
    return failure
