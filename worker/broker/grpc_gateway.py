"""
The gateway over gRPC.

Two connections: jobs come in over one, which is paused while there is no permit, and commands go out over the other,
which never is. Calls are made by path instead of through generated stubs, and every one has a deadline.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import grpc
from google.protobuf.message import Message
from grpc import aio

from worker.broker import gateway_pb2 as wire
from worker.broker.activated import GrpcJobStream, JobReader
from worker.broker.channels import GatewayOptions, open_channel
from worker.broker.credentials import Credentials, NoCredentials
from worker.broker.gateway import Activated, GatewayUnavailable, JobStream, Subscription, Topology
from worker.broker.statuses import in_our_words

__all__ = ["GrpcGateway"]

_SERVICE: Final = "/gateway_protocol.Gateway/"
_NO_WAIT_MS: Final = -1  # 0 would mean the gateway's own default, 10 s
_MS_PER_S: Final = 1000

_Request = TypeVar("_Request", bound=Message)
_Reply = TypeVar("_Reply", bound=Message)
_Answer = TypeVar("_Answer")
_Metadata = tuple[tuple[str, str], ...]


class GrpcGateway:
    """
    A Zeebe gateway, spoken to over gRPC; see `Gateway` for the contract.

    To be made and closed inside the event loop that uses it, closed when nothing uses it any more. Connects when first
    used, and again by itself. Raises OSError when a TLS file cannot be read.
    """

    def __init__(
        self,
        options: GatewayOptions,
        *,
        credentials: Credentials | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._credentials = credentials or NoCredentials()
        self._clock = clock
        self._reader = JobReader(clock)
        self._intake = intake = open_channel(options, tight=True)
        self._commands = commands = open_channel(options, tight=False)
        self._activate: aio.UnaryStreamMultiCallable[wire.ActivateJobsRequest, wire.ActivateJobsResponse]
        self._activate = intake.unary_stream(
            f"{_SERVICE}ActivateJobs",
            wire.ActivateJobsRequest.SerializeToString,
            wire.ActivateJobsResponse.FromString,
        )
        self._push: aio.UnaryStreamMultiCallable[wire.StreamActivatedJobsRequest, wire.ActivatedJob]
        self._push = intake.unary_stream(
            f"{_SERVICE}StreamActivatedJobs",
            wire.StreamActivatedJobsRequest.SerializeToString,
            wire.ActivatedJob.FromString,
        )
        self._complete = _command(commands, "CompleteJob", wire.CompleteJobRequest, wire.Done)
        self._fail = _command(commands, "FailJob", wire.FailJobRequest, wire.Done)
        self._throw = _command(commands, "ThrowError", wire.ThrowErrorRequest, wire.Done)
        self._extend = _command(commands, "UpdateJobTimeout", wire.UpdateJobTimeoutRequest, wire.Done)
        self._topology = _command(commands, "Topology", wire.TopologyRequest, wire.TopologyResponse)

    @property
    def address(self) -> str:
        return self._options.address

    async def activate(self, wanted: Subscription, *, max_jobs: int, wait_s: float) -> list[Activated]:
        request = wire.ActivateJobsRequest(
            type=wanted.job_type,
            worker=wanted.worker,
            timeout=_ms(wanted.lease_s),
            maxJobsToActivate=max_jobs,
            fetchVariable=wanted.fetch_variables,
            requestTimeout=_ms(wait_s) or _NO_WAIT_MS,
            tenantIds=wanted.tenant_ids,
        )
        timeout_s = wait_s + self._options.poll_margin_s
        return await self._authorized(lambda metadata: self._poll(request, wanted.lease_s, timeout_s, metadata))

    async def stream(self, wanted: Subscription, *, max_age_s: float) -> JobStream:
        request = wire.StreamActivatedJobsRequest(
            type=wanted.job_type,
            worker=wanted.worker,
            timeout=_ms(wanted.lease_s),
            fetchVariable=wanted.fetch_variables,
            tenantIds=wanted.tenant_ids,
        )
        authorization = await self._credentials.authorization()
        return GrpcJobStream(
            self._push(request, timeout=max_age_s, metadata=_metadata(authorization)),
            as_ours=lambda job: self._reader.read(job, lease_s=wanted.lease_s, sent_s=None),
            refused=lambda error: self._is_worth_repeating(error, authorization),
        )

    async def complete(self, key: int, *, variables: bytes) -> None:
        await self._ask(self._complete, wire.CompleteJobRequest(jobKey=key, variables=variables))

    async def fail(self, key: int, *, retries: int, message: str, backoff_s: float, variables: bytes) -> None:
        request = wire.FailJobRequest(
            jobKey=key, retries=retries, errorMessage=message, retryBackOff=_ms(backoff_s), variables=variables
        )
        await self._ask(self._fail, request)

    async def throw(self, key: int, *, error_code: str, message: str, variables: bytes) -> None:
        request = wire.ThrowErrorRequest(jobKey=key, errorCode=error_code, errorMessage=message, variables=variables)
        await self._ask(self._throw, request)

    async def extend(self, key: int, *, lease_s: float) -> None:
        await self._ask(self._extend, wire.UpdateJobTimeoutRequest(jobKey=key, timeout=_ms(lease_s)))

    async def topology(self) -> Topology:
        reply = await self._ask(self._topology, wire.TopologyRequest())
        return Topology(
            gateway_version=reply.gatewayVersion,
            cluster_size=reply.clusterSize,
            partitions=reply.partitionsCount,
            brokers=tuple(f"{broker.host}:{broker.port}" for broker in reply.brokers),
        )

    async def close(self) -> None:
        await self._intake.close(None)
        await self._commands.close(None)

    async def _ask(self, method: "aio.UnaryUnaryMultiCallable[_Request, _Reply]", request: _Request) -> _Reply:
        timeout_s = self._options.command_timeout_s
        return await self._authorized(lambda metadata: method(request, timeout=timeout_s, metadata=metadata))

    async def _authorized(self, attempt: Callable[[_Metadata], Awaitable[_Answer]]) -> _Answer:
        authorization = await self._credentials.authorization()
        try:
            try:
                return await attempt(_metadata(authorization))
            except aio.AioRpcError as error:
                if not await self._is_worth_repeating(error, authorization):
                    raise
            return await attempt(_metadata(await self._credentials.authorization()))
        except aio.AioRpcError as error:
            raise in_our_words(error) from error
        except aio.UsageError as error:
            raise GatewayUnavailable("the connection has been closed") from error

    async def _is_worth_repeating(self, error: aio.AioRpcError, authorization: str | None) -> bool:
        """Once: a token may have been withdrawn before its end."""
        return error.code() is grpc.StatusCode.UNAUTHENTICATED and await self._credentials.renew(authorization)

    async def _poll(
        self, request: wire.ActivateJobsRequest, lease_s: float, timeout_s: float, metadata: _Metadata
    ) -> list[Activated]:
        sent_s = self._clock()
        call = self._activate(request, timeout=timeout_s, metadata=metadata)
        jobs: list[Activated] = []
        try:
            async for message in call:
                jobs += [self._reader.read(job, lease_s=lease_s, sent_s=sent_s) for job in message.jobs]
        except (aio.AioRpcError, asyncio.CancelledError):
            if not jobs:  # each partition answers in a message of its own; jobs that have come must not be lost
                raise
        finally:
            call.cancel()  # grpcio 1.83 and later never collect a call that is merely abandoned (grpc/grpc#43462)
        return jobs


def _command(
    channel: aio.Channel, name: str, request: type[_Request], reply: type[_Reply]
) -> "aio.UnaryUnaryMultiCallable[_Request, _Reply]":
    return channel.unary_unary(f"{_SERVICE}{name}", request.SerializeToString, reply.FromString)


def _metadata(authorization: str | None) -> _Metadata:
    return () if authorization is None else (("authorization", authorization),)


def _ms(seconds: float) -> int:
    return round(seconds * _MS_PER_S)
