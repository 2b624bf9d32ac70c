"""When a gateway may be used."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import grpc
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from worker.demo.broker_errors import NotReadyError

if TYPE_CHECKING:
    from pyzeebe.proto.gateway_pb2_grpc import GatewayAsyncStub

__all__ = ["wait_until_ready"]

_PROBE_EVERY_S = 0.1
_PROBE_TIMEOUT_S = 2.0


async def wait_until_ready(address: str, *, timeout_s: float, has_ended: Callable[[], bool]) -> None:
    """
    Wait until every partition behind the gateway at *address* has a healthy leader.

    NotReadyError after *timeout_s* seconds, or as soon as *has_ended* says that there is nothing to wait for.
    """
    try:
        async with asyncio.timeout(timeout_s):
            while not await _is_ready(address):
                if has_ended():
                    raise NotReadyError(address, "its process has ended")
                await asyncio.sleep(_PROBE_EVERY_S)
    except TimeoutError:
        raise NotReadyError(address, f"no healthy leader for every partition after {timeout_s:g} s") from None


async def _is_ready(address: str) -> bool:
    # A channel of its own for each question: one that was refused waits longer and longer before it tries again.
    async with grpc.aio.insecure_channel(address) as channel:
        stub = cast("GatewayAsyncStub", GatewayStub(channel))
        try:
            topology = await stub.Topology(pb.TopologyRequest(), timeout=_PROBE_TIMEOUT_S)
        except grpc.aio.AioRpcError:
            return False
    led = {
        partition.partitionId
        for broker in topology.brokers
        for partition in broker.partitions
        if partition.role == pb.Partition.LEADER and partition.health == pb.Partition.HEALTHY
    }
    return bool(0 < topology.partitionsCount <= len(led))
