"""A service whose name gets another address."""

import asyncio

import pytest

from tests.rooms.azure.transport.pools import a_pool, post
from tests.rooms.azure.transport.servers import Server, answering, http, serving, silent
from worker.azure import AzureOptions, Timeouts
from worker.errors import Unreachable


async def _move(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """Let every name be that of *server*."""
    loop = asyncio.get_running_loop()
    monkeypatch.undo()
    found = await loop.getaddrinfo("127.0.0.1", server.port, type=1)

    async def lookup(*_arguments: object, **_options: object) -> list[object]:
        return list(found)

    monkeypatch.setattr(loop, "getaddrinfo", lookup)


async def test_a_connection_does_not_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that has moved is found at its new address, although the old one still answers."""
    ageing = AzureOptions(connection_age_most_s=0.0, dns_cache_s=0)
    async with serving(answering(http(b"old"))) as old, serving(answering(http(b"new"))) as new, a_pool(ageing) as pool:
        await _move(monkeypatch, old)
        before = await post(pool, "http://service.example:80")
        await _move(monkeypatch, new)
        after = await post(pool, "http://service.example:80")

    assert (b"old", b"new") == (before.body, after.body)


async def test_an_address_that_does_not_answer_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service may have moved: the next call asks for its address anew, though the old one was to be remembered."""
    async with serving(silent) as mute, serving(answering(http(b"new"))) as new, a_pool() as pool:
        await _move(monkeypatch, mute)
        with pytest.raises(Unreachable):
            await post(pool, "https://service.example:80", timeouts=Timeouts(connect_s=0.2))
        await _move(monkeypatch, new)
        reply = await post(pool, "http://service.example:80")

    assert b"new" == reply.body
