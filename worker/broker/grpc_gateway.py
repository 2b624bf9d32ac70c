"""
The gateway over gRPC.

One connection for all: jobs that nobody reads stay with the gateway and hold no command up. Every call has a deadline.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, Message

from worker.broker import gateway_pb2 as wire
from worker.broker.activated import GrpcJobStream, JobReader
from worker.broker.credentials import Credentials, NoCredentials
from worker.broker.gateway import Activated, GatewayUnavailable, JobStream, Subscription, Topology
from worker.broker.options import GatewayOptions
from worker.broker.rpc import Channel, RpcError, StatusCode
from worker.broker.statuses import in_our_words

__all__ = ["GrpcGateway"]

_SERVICE: Final = "/gateway_protocol.Gateway/"
_NO_WAIT_MS: Final = -1  # 0 would mean the gateway's own default, 10 s
_MS_PER_S: Final = 1000
_BATCH_WINDOW: Final = 1024 * 1024  # bytes: a batch that was asked for may come in one go

_Answer = TypeVar("_Answer")


class GrpcGateway:
    """
    A Zeebe gateway, spoken to over gRPC; see `Gateway` for the contract.

    To be made and closed inside the event loop that uses it, closed when nothing uses it any more. Connects when first
    used, and again by itself. Raises OSError when a TLS file cannot be read, ValueError for a proxy of no use.
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
        self._channel = Channel(options)

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
        ).SerializeToString()
        return await self._authorized(lambda authorization: self._poll(request, wanted.lease_s, wait_s, authorization))

    async def stream(self, wanted: Subscription, *, max_age_s: float) -> JobStream:
        request = wire.StreamActivatedJobsRequest(
            type=wanted.job_type,
            worker=wanted.worker,
            timeout=_ms(wanted.lease_s),
            fetchVariable=wanted.fetch_variables,
            tenantIds=wanted.tenant_ids,
        )
        authorization = await self._credentials.authorization()
        try:
            call = await self._channel.call(
                f"{_SERVICE}StreamActivatedJobs",
                request.SerializeToString(),
                timeout_s=max_age_s,
                authorization=authorization,
            )
        except RpcError as error:
            raise in_our_words(error) from error
        return GrpcJobStream(
            call,
            as_ours=lambda job: self._reader.read(job, lease_s=wanted.lease_s, sent_s=None),
            refused=lambda error: self._is_worth_repeating(error, authorization),
        )

    def complete(self, key: int, *, variables: bytes) -> Awaitable[object]:
        return self._ask("CompleteJob", wire.CompleteJobRequest(jobKey=key, variables=variables))

    def fail(self, key: int, *, retries: int, message: str, backoff_s: float, variables: bytes) -> Awaitable[object]:
        request = wire.FailJobRequest(
            jobKey=key, retries=retries, errorMessage=message, retryBackOff=_ms(backoff_s), variables=variables
        )
        return self._ask("FailJob", request)

    def throw(self, key: int, *, error_code: str, message: str, variables: bytes) -> Awaitable[object]:
        request = wire.ThrowErrorRequest(jobKey=key, errorCode=error_code, errorMessage=message, variables=variables)
        return self._ask("ThrowError", request)

    def extend(self, key: int, *, lease_s: float) -> Awaitable[object]:
        return self._ask("UpdateJobTimeout", wire.UpdateJobTimeoutRequest(jobKey=key, timeout=_ms(lease_s)))

    async def topology(self) -> Topology:
        reply = wire.TopologyResponse.FromString(await self._ask("Topology", wire.TopologyRequest()))
        return Topology(
            gateway_version=reply.gatewayVersion,
            cluster_size=reply.clusterSize,
            partitions=reply.partitionsCount,
            brokers=tuple(f"{broker.host}:{broker.port}" for broker in reply.brokers),
        )

    async def close(self) -> None:
        await self._channel.close()

    def _ask(self, method: str, request: Message) -> Awaitable[bytes]:
        path, message = f"{_SERVICE}{method}", request.SerializeToString()
        timeout_s = self._options.command_timeout_s

        async def attempt(authorization: str | None) -> bytes:
            call = await self._channel.call(path, message, timeout_s=timeout_s, authorization=authorization)
            return await call.reply()

        return self._authorized(attempt)

    async def _authorized(self, attempt: Callable[[str | None], Awaitable[_Answer]]) -> _Answer:
        authorization = await self._credentials.authorization()
        try:
            try:
                return await attempt(authorization)
            except RpcError as error:
                if not await self._is_worth_repeating(error, authorization):
                    raise
            return await attempt(await self._credentials.authorization())
        except RpcError as error:
            raise in_our_words(error) from error

    async def _is_worth_repeating(self, error: RpcError, authorization: str | None) -> bool:
        """Once: a token may have been withdrawn before its end."""
        return error.code is StatusCode.UNAUTHENTICATED and await self._credentials.renew(authorization)

    async def _poll(self, request: bytes, lease_s: float, wait_s: float, authorization: str | None) -> list[Activated]:
        sent_s = self._clock()
        call = await self._channel.call(
            f"{_SERVICE}ActivateJobs",
            request,
            timeout_s=wait_s + self._options.poll_margin_s,
            authorization=authorization,
            window=_BATCH_WINDOW,
        )
        jobs: list[Activated] = []
        try:
            while (message := await call.read()) is not None:
                batch = wire.ActivateJobsResponse.FromString(message)
                jobs += [self._reader.read(job, lease_s=lease_s, sent_s=sent_s) for job in batch.jobs]
        except (RpcError, DecodeError, asyncio.CancelledError) as error:
            if jobs:  # each partition answers in a message of its own; jobs that have come must not be lost
                return jobs
            if isinstance(error, DecodeError):
                raise GatewayUnavailable("the gateway sent something that is no batch of jobs") from error
            raise
        finally:
            call.cancel()
        return jobs


def _ms(seconds: float) -> int:
    return round(seconds * _MS_PER_S)
