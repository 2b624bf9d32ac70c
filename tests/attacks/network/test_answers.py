"""
Attacks by the service, or by whatever stands in its place: answers without end, and bombs.

Each is first seen to work against a build from which the bound has been taken.
"""

import asyncio
import gzip
import itertools
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import pytest

from tests.rooms.azure.transport.pools import a_pool, post
from tests.rooms.azure.transport.servers import Handler, Server, answering, ending, http, serving
from worker.azure import AzureOptions
from worker.azure.transport import default, exchange, inflate
from worker.errors import CallError
from worker.wire import Reply

Weaken = Callable[[pytest.MonkeyPatch], object]

_MOST: Final = 100_000  # bytes of an answer that the worker takes here
_MB: Final = 1_000_000
_BOMB: Final = b"\0" * 5 * _MB


def _unbounded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(exchange, "_SILENT_AT_MOST", 100 * _MB)


def _takes_large_ones(patch: pytest.MonkeyPatch) -> None:
    real = AzureOptions.__init__
    patch.setattr(AzureOptions, "__init__", lambda self, **given: real(self, **{**given, "max_response_bytes": 10**9}))


def _knows_every_coding(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(inflate, "_PLAIN", _Everything())


def _sees_one_coding(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(default, "coding_of", lambda headers: next(v for n, v in headers if n.lower() == "content-encoding"))


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


def _parts(*parts: bytes | Iterable[bytes]) -> Handler:
    """One answer in many writes, then the end."""

    async def handler(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.request(reader)
        for part in itertools.chain.from_iterable([part] if isinstance(part, bytes) else part for part in parts):
            writer.write(part)
            await writer.drain()
        writer.write_eof()
        await reader.read()

    return handler


_CHUNKS: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_TEN: Final = b"a\r\n0123456789\r\n"
_END: Final = b"0\r\n\r\n"
ATTACKS: Final[Mapping[str, tuple[Weaken, Handler]]] = {
    "a body that is too large": (_takes_large_ones, answering(http(b"x" * 2 * _MB))),
    "chunks without end": (_takes_large_ones, _parts(_CHUNKS, [_TEN] * 20_000, _END)),
    "a body that ends with the connection, or never": (
        _takes_large_ones,
        ending(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2 * _MB),
    ),
    "a gzip bomb": (_takes_large_ones, answering(http(gzip.compress(_BOMB), "Content-Encoding: gzip"))),
    "a deflate bomb": (_takes_large_ones, answering(http(zlib.compress(_BOMB), "Content-Encoding: deflate"))),
    "a bomb of many members": (
        _takes_large_ones,
        answering(http(gzip.compress(_BOMB[:50_000]) * 20, "Content-Encoding: gzip")),
    ),
    "a bomb in chunks": (
        _takes_large_ones,
        _parts(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
            [b"%x\r\n%s\r\n" % (len(gzip.compress(_BOMB)), gzip.compress(_BOMB))],
            _END,
        ),
    ),
    "a bomb inside of a bomb": (
        _knows_every_coding,
        answering(http(gzip.compress(gzip.compress(_BOMB)), "Content-Encoding: gzip, gzip")),
    ),
    "a bomb inside of a bomb, said in two headers": (
        _sees_one_coding,
        answering(http(gzip.compress(gzip.compress(_BOMB)), "Content-Encoding: gzip", "Content-Encoding: gzip")),
    ),
    "a coding that nobody asked for": (_knows_every_coding, answering(http(b"\x1b\x0e\0", "Content-Encoding: br"))),
    "headers without end": (
        _unbounded,
        _parts(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", [b"X-A: 0123456789\r\n"] * 10_000, b"\r\n"),
    ),
    "one header without end": (
        _unbounded,
        _parts(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: ", [b"0123456789"] * 30_000, b"\r\n\r\n"),
    ),
    "trailers without end": (
        _unbounded,
        _parts(_CHUNKS, _TEN, b"0\r\n", [b"X-A: 0123456789\r\n"] * 10_000, b"\r\n"),
    ),
    "interim answers without end": (
        _unbounded,
        _parts([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"] * 50_000, http(b"{}")),
    ),
    "a chunk's extension without end": (
        _unbounded,
        _parts(_CHUNKS, b"a;", [b"0123456789"] * 200_000, b"\r\n0123456789\r\n", _END),
    ),
}


async def _answered(handler: Handler) -> Reply:
    async with serving(handler) as server, a_pool(AzureOptions(max_response_bytes=_MOST)) as pool:
        return await post(pool, f"{server.http}/")


@pytest.mark.parametrize("name", ATTACKS)
async def test_attack(name: str) -> None:
    """Without the bound all of it is taken in; with the bound the call fails, and the connection is given up."""
    weaken, handler = ATTACKS[name]
    with pytest.MonkeyPatch.context() as patch:
        weaken(patch)
        assert (await _answered(handler)).status == 200

    with pytest.raises(CallError):
        await _answered(handler)
