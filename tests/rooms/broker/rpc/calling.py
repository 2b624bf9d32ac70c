"""Calls as tests make them."""

import asyncio

from tests.rooms.broker.rpc.peer import Peer
from worker.broker.options import GatewayOptions
from worker.broker.rpc.channel import Channel
from worker.broker.rpc.http2.call import Call
from worker.broker.rpc.http2.connection import Connection
from worker.broker.rpc.http2.heads import head_of
from worker.broker.rpc.status import RpcError

__all__ = ["HEAD", "ask", "begun", "connected", "failure_of"]

HEAD = head_of(path="/s/M", authority="gateway:26500", is_tls=False, timeout_ms=9000, authorization=None)


async def begun(channel: Channel, request: bytes = b"", *, timeout_s: float = 20, window: int = 1024) -> Call:
    """A call that has begun."""
    return await channel.call("/s/M", request, timeout_s=timeout_s, authorization=None, window=window)


async def ask(channel: Channel, request: bytes = b"", *, timeout_s: float = 20) -> bytes:
    """What the peer answers."""
    return await (await begun(channel, request, timeout_s=timeout_s)).reply()


async def failure_of(channel: Channel) -> RpcError:
    """How a call fails."""
    try:
        await ask(channel)
    except RpcError as error:
        return error
    raise AssertionError("the call did not fail")


async def connected(peer: Peer, *, first_stream: int = 1) -> Connection:
    """A connection that is ready, without a channel."""
    loop = asyncio.get_running_loop()
    options = GatewayOptions(address=peer.address)
    _, connection = await loop.create_connection(
        lambda: Connection(options, first_stream=first_stream), "127.0.0.1", peer.port
    )
    await connection.ready()
    return connection
