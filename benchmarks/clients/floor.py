"""
The least that Python can do with gRPC's own library: `python -m benchmarks.clients.floor`.

Takes jobs by poll over bare stubs, writes each to a bare socket, and completes it with the answer's bytes. Checks
nothing, keeps no lease, knows no time-out, no error and no end.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec
import uvloop
from grpc import aio

from worker.broker import gateway_pb2 as wire

__all__: list[str] = []

_SERVICE: Final = "/gateway_protocol.Gateway/"
_BATCH: Final = 32
_HEAD: Final = (
    "POST /openai/deployments/%s/chat/completions?api-version=2024-10-21 HTTP/1.1\r\nhost: %s\r\napi-key: %s\r\n"
    "content-type: application/json\r\ncontent-length: %d\r\n\r\n"
)


class _Authentication(msgspec.Struct, rename="camel"):
    api_key: str


class _Connection(msgspec.Struct):
    endpoint: str
    authentication: _Authentication


class _Task(msgspec.Struct):
    connection: _Connection
    deployment: str
    input: msgspec.Raw


class _Variables(msgspec.Struct):
    task: _Task = msgspec.field(name="azureOpenAI")


_variables: Final = msgspec.json.Decoder(_Variables)


class _Http(asyncio.Protocol):
    """One connection, one call at a time; an answer is its content-length."""

    answered: asyncio.Future[bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._in = bytearray()
        self._begins = self._whole = 0

    def data_received(self, data: bytes) -> None:
        buffer = self._in
        buffer += data
        if not self._whole and (end := buffer.find(b"\r\n\r\n")) >= 0:
            at = buffer.find(b"content-length: ", 0, end) + 16
            self._begins = end + 4
            self._whole = self._begins + int(buffer[at : buffer.index(b"\r", at)])
        if self._whole and len(buffer) >= self._whole:
            self.answered.set_result(bytes(buffer[self._begins : self._whole]))
            buffer.clear()
            self._whole = 0


class _Client:
    def __init__(self, gateway: str, in_flight: int, job_type: str) -> None:
        channel = aio.insecure_channel(gateway, options=[("grpc.max_receive_message_length", -1)])
        self._activate: Callable[..., Awaitable[wire.ActivateJobsResponse]] = channel.unary_unary(
            f"{_SERVICE}ActivateJobs", wire.ActivateJobsRequest.SerializeToString, wire.ActivateJobsResponse.FromString
        )
        self._complete: Callable[..., Awaitable[wire.Done]] = channel.unary_unary(
            f"{_SERVICE}CompleteJob", wire.CompleteJobRequest.SerializeToString, wire.Done.FromString
        )
        self._job_type = job_type
        self._free = self._capacity = in_flight
        self._freed = asyncio.Event()
        self._idle: list[_Http] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        worth = min(_BATCH, max(1, round(self._capacity * 0.3)))
        while True:
            while self._free < worth:
                self._freed.clear()
                await self._freed.wait()
            most = min(_BATCH, self._free)
            asked = wire.ActivateJobsRequest(
                type=self._job_type, worker="floor", timeout=60_000, maxJobsToActivate=most, requestTimeout=20_000
            )
            for job in (await self._activate(asked)).jobs:
                self._free -= 1
                task = asyncio.create_task(self._work(job))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _work(self, job: wire.ActivatedJob) -> None:
        task = _variables.decode(job.variables).task
        answer = await self._ask(task)
        await self._complete(wire.CompleteJobRequest(jobKey=job.key, variables=b'{"result":' + answer + b"}"))
        self._free += 1
        self._freed.set()

    async def _ask(self, task: _Task) -> bytes:
        host = task.connection.endpoint.removeprefix("http://")
        loop = asyncio.get_running_loop()
        if self._idle:
            http = self._idle.pop()
        else:
            name, _, port = host.partition(":")
            _, http = await loop.create_connection(_Http, name, int(port))
        http.answered = loop.create_future()
        head = _HEAD % (task.deployment, host, task.connection.authentication.api_key, len(bytes(task.input)))
        http.transport.write(head.encode() + bytes(task.input))
        answer = await http.answered
        self._idle.append(http)
        return answer


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gateway")
    parser.add_argument("in_flight", type=int)
    parser.add_argument("job_type")
    given = parser.parse_args()
    await _Client(given.gateway, given.in_flight, given.job_type).run()


if __name__ == "__main__":
    uvloop.run(_main())
