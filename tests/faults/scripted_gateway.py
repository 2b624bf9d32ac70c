"""
A Zeebe gateway that does what a test tells it to: a real gRPC server over a small model of the life of jobs.

    async with ScriptedGateway() as gateway:
        job = gateway.add_job(variables={"a": 1})
        gateway.fault("CompleteJob", Fault(StatusCode.UNAVAILABLE), times=2)
        ...
        assert job.state is State.COMPLETED

A job is pushed to a stream that takes it, else it waits to be polled for. A lease that ends makes it available again.
"""

import asyncio
import gc
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import grpc
from google.protobuf.message import Message
from grpc import StatusCode, aio

from tests.faults.scripted_faults import Context, Fault, Faults
from tests.faults.scripted_jobs import RejectedError, ScriptedJob, ScriptedJobs, State
from worker.broker import gateway_pb2 as wire

__all__ = ["Fault", "ScriptedGateway", "ScriptedJob", "State"]

_WRITTEN_AHEAD = 4  # jobs that a gateway takes for a stream whose client does not read; Zeebe up to 32 KiB
_DEFAULT_LONG_POLL_MS = 10_000


class _Stream:
    """One open StreamActivatedJobs call. What is put into *line* is written; None ends the stream."""

    def __init__(self, job_type: str) -> None:
        self.job_type = job_type
        self.line: asyncio.Queue[ScriptedJob | None] = asyncio.Queue()
        self.is_deaf = False

    def takes(self, job: ScriptedJob) -> bool:
        return self.job_type == job.type and not self.is_deaf and self.line.qsize() < _WRITTEN_AHEAD


class ScriptedGateway:
    """
    A gateway on loopback; its address stays the same over `stop` and `start`.

    *authorizations*, if given, are the only values of that metadata it lets in. *clock_ahead_s* is how far the broker's
    clock is ahead of ours. *calls* are the requests that came in, by RPC, in order.
    """

    def __init__(self, *, has_streams: bool = True, credentials: grpc.ServerCredentials | None = None) -> None:
        self.address = ""
        self.has_streams = has_streams
        self.authorizations: set[str] | None = None
        self.clock_ahead_s = 0.0
        self.max_message_bytes = 4 * 1024 * 1024
        self.calls: defaultdict[str, list[Any]] = defaultdict(list)
        self.jobs = ScriptedJobs(self._offer)
        self._credentials = credentials
        self._faults = Faults()
        self._streams: list[_Stream] = []
        self._server: aio.Server | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        self.jobs.close()

    async def start(self) -> None:
        """Listen; again at the old address after `stop`."""
        limit = ("grpc.max_receive_message_length", self.max_message_bytes)
        self._server = server = aio.server(options=[limit])
        server.add_generic_rpc_handlers((self._handlers(),))
        wanted = self.address or "127.0.0.1:0"
        if self._credentials is None:
            port = server.add_insecure_port(wanted)
        else:
            port = server.add_secure_port(wanted, self._credentials)
        self.address = f"{wanted.rpartition(':')[0]}:{port}"
        await server.start()

    async def stop(self) -> None:
        """Break every call off and stop listening. The jobs stay, as with a broker that keeps its data."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop(None)
            gc.collect()  # the rings that aborted calls leave hold the loop, and take a lock when they go

    def add_job(
        self, job_type: str = "azure-openai", *, variables: object = None, headers: object = None, retries: int = 3
    ) -> ScriptedJob:
        """Let a process reach a task. Texts that are given as bytes are sent as they are."""
        return self.jobs.add(job_type, variables=variables, headers=headers, retries=retries)

    def fault(self, call: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next *times* calls of that RPC meet *fault*."""
        self._faults.add(call, fault, times=times)

    def heal(self) -> None:
        """Forget the faults that have not happened yet."""
        self._faults.clear()

    def deafen_streams(self) -> None:
        """Let the streams that are open now bring nothing any more, without ending them."""
        for stream in self._streams:
            stream.is_deaf = True

    def end_streams(self) -> None:
        """End the streams that are open now, in order and without an error."""
        for stream in self._streams:
            stream.line.put_nowait(None)

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    @property
    def books(self) -> Counter[State]:
        """How many jobs are in each state."""
        return self.jobs.books

    def _offer(self, job: ScriptedJob) -> None:
        stream = next((stream for stream in self._streams if stream.takes(job)), None)
        if stream is not None:
            stream.line.put_nowait(job)
        self._changed.set()
        self._changed = asyncio.Event()

    def _handlers(self) -> "grpc.GenericRpcHandler[Any, Any]":
        def handler(make: Callable[..., Any], name: str, request: type[Message], behaviour: Callable[..., Any]) -> Any:
            return make(
                self._scripted(name, behaviour) if make is grpc.unary_unary_rpc_method_handler else behaviour,
                request_deserializer=request.FromString,
                response_serializer=lambda reply: reply.SerializeToString(),
            )

        unary, stream = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
        handlers = {
            "CompleteJob": handler(unary, "CompleteJob", wire.CompleteJobRequest, self._complete),
            "FailJob": handler(unary, "FailJob", wire.FailJobRequest, self._fail),
            "ThrowError": handler(unary, "ThrowError", wire.ThrowErrorRequest, self._throw),
            "UpdateJobTimeout": handler(unary, "UpdateJobTimeout", wire.UpdateJobTimeoutRequest, self._extend),
            "Topology": handler(unary, "Topology", wire.TopologyRequest, self._topology),
            "ActivateJobs": handler(stream, "ActivateJobs", wire.ActivateJobsRequest, self._activate),
        }
        if self.has_streams:
            name = "StreamActivatedJobs"
            handlers[name] = handler(stream, name, wire.StreamActivatedJobsRequest, self._push)
        return grpc.method_handlers_generic_handler("gateway_protocol.Gateway", handlers)

    async def _enter(self, name: str, request: object, context: Context) -> Fault | None:
        """Note the call, check who it is and let it meet its fault, which is returned if it comes afterwards."""
        self.calls[name].append(request)
        metadata = dict(context.invocation_metadata() or ())
        if self.authorizations is not None and metadata.get("authorization") not in self.authorizations:
            await context.abort(StatusCode.UNAUTHENTICATED, "who are you?")
        return await self._faults.meet(name, context)

    def _scripted(self, name: str, behaviour: Callable[[Any], Message]) -> Callable[[Any, Context], Any]:
        async def scripted(request: object, context: Context) -> Message:
            fault = await self._enter(name, request, context)
            try:
                reply = behaviour(request)
            except RejectedError as error:
                await context.abort(error.code, error.details)
            await self._faults.follow(fault, context)
            return reply

        return scripted

    def _complete(self, request: wire.CompleteJobRequest) -> wire.Done:
        self.jobs.complete(request.jobKey, request.variables)
        return wire.Done()

    def _fail(self, request: wire.FailJobRequest) -> wire.Done:
        backoff_s = request.retryBackOff / 1000
        self.jobs.fail(request.jobKey, retries=request.retries, message=request.errorMessage, backoff_s=backoff_s)
        return wire.Done()

    def _throw(self, request: wire.ThrowErrorRequest) -> wire.Done:
        self.jobs.throw(
            request.jobKey, error_code=request.errorCode, message=request.errorMessage, variables=request.variables
        )
        return wire.Done()

    def _extend(self, request: wire.UpdateJobTimeoutRequest) -> wire.Done:
        self.jobs.extend(request.jobKey, request.timeout / 1000)
        return wire.Done()

    def _topology(self, _request: wire.TopologyRequest) -> wire.TopologyResponse:
        broker = wire.BrokerInfo(nodeId=0, host="127.0.0.1", port=26501, version="8.5.8")
        return wire.TopologyResponse(brokers=[broker], clusterSize=1, partitionsCount=1, gatewayVersion="8.5.8")

    async def _activate(
        self, request: wire.ActivateJobsRequest, context: Context
    ) -> AsyncIterator[wire.ActivateJobsResponse]:
        fault = await self._enter("ActivateJobs", request, context)
        wait_s = (request.requestTimeout or _DEFAULT_LONG_POLL_MS) / 1000
        try:
            async with asyncio.timeout(max(0, wait_s)):
                while not self.jobs.waiting(request.type):
                    await self._changed.wait()
        except TimeoutError:
            pass
        jobs = self.jobs.waiting(request.type)[: request.maxJobsToActivate]
        for job in jobs:
            self.jobs.activate(job, request.timeout / 1000)
        if jobs:
            yield wire.ActivateJobsResponse(jobs=[self._on_the_wire(job, request.worker) for job in jobs])
        await self._faults.follow(fault, context)

    async def _push(
        self, request: wire.StreamActivatedJobsRequest, context: Context
    ) -> AsyncIterator[wire.ActivatedJob]:
        await self._enter("StreamActivatedJobs", request, context)
        stream = _Stream(request.type)
        self._streams.append(stream)
        try:
            while (job := await stream.line.get()) is not None:
                if job.state is State.ACTIVATABLE:
                    self.jobs.activate(job, request.timeout / 1000)
                    yield self._on_the_wire(job, request.worker)
        finally:
            self._streams.remove(stream)

    def _on_the_wire(self, job: ScriptedJob, worker: str) -> wire.ActivatedJob:
        return wire.ActivatedJob(
            key=job.key,
            type=job.type,
            processInstanceKey=job.key + 1,
            bpmnProcessId="scripted",
            processDefinitionVersion=1,
            processDefinitionKey=2,
            elementId="task",
            elementInstanceKey=job.key + 2,
            customHeaders=job.headers,
            worker=worker,
            retries=job.retries,
            deadline=round((job.deadline_s + self.clock_ahead_s) * 1000),
            variables=job.variables,
            tenantId="<default>",
        )
