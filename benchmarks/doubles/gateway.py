"""
A Zeebe gateway that has as many jobs as anyone wants: `python -m benchmarks.doubles.gateway`.

As with a broker, jobs that wait are handed out by poll, and jobs that appear (a *rate* is given) are pushed where
there is a stream with room, else handed out by poll. It measures the client from where it sits: when each job was
there to be taken and when its completion came, and what the client's process used meanwhile.
"""

import asyncio
import itertools
import sys
import time
from collections import deque
from typing import Any, Final

from benchmarks.doubles.http2 import Connection, Stream
from benchmarks.doubles.orders import obey
from benchmarks.doubles.usage import Usage
from worker.broker import gateway_pb2 as wire

__all__: list[str] = []

_ROOM_BYTES: Final = 32 * 1024  # what a gateway queues for a stream before it calls it not ready
_TICK_S: Final = 0.001
_DEFAULT_WAIT_MS: Final = 10_000
_LEASE_MS: Final = 60_000
_TOPOLOGY: Final = wire.TopologyResponse(
    brokers=[wire.BrokerInfo(host="double", port=26501, version="8.6.0")],
    clusterSize=1,
    partitionsCount=1,
    replicationFactor=1,
    gatewayVersion="8.6.0",
).SerializeToString()


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _job_key(request: bytearray) -> int:
    """Field 1 of every command on a job, after the five bytes of gRPC's own prefix and the field's tag."""
    key = shift = 0
    for byte in request[6:]:
        key |= (byte & 127) << shift
        shift += 7
        if byte < 128:  # noqa: PLR2004 - the last byte of a varint
            break
    return key


class Gateway:
    """Hands out jobs while it is *offering*, and keeps book."""

    def __init__(self) -> None:
        self._keys = itertools.count(2251799813685249)
        self._polls: list[tuple[Stream, int]] = []
        self._streams: list[Stream] = []
        self._job = b""
        self._is_endless = False
        self._appeared: deque[float] = deque()  # when each of those that wait did
        self._there_s: dict[int, float] = {}
        self._took_s: list[float] = []
        self._failed = 0
        self._contact: asyncio.Event = asyncio.Event()

    def request(self, stream: Stream) -> None:
        """Serve one call."""
        head = stream.head
        if b"/CompleteJob" in head:
            self._settled(stream)
        elif b"/ActivateJobs" in head:
            self._poll(stream)
        elif b"/StreamActivatedJobs" in head:
            self._streams.append(stream)
            self._contact.set()
        elif b"/Topology" in head:
            stream.answer(_TOPOLOGY)
        else:
            self._failed += b"/FailJob" in head or b"/ThrowError" in head
            stream.answer(b"")

    def _settled(self, stream: Stream) -> None:
        there_s = self._there_s.pop(_job_key(stream.request), None)
        if there_s is not None:
            self._took_s.append(time.perf_counter() - there_s)
        stream.answer(b"")

    def _poll(self, stream: Stream) -> None:
        self._contact.set()
        asked = wire.ActivateJobsRequest.FromString(bytes(stream.request[5:]))
        most = asked.maxJobsToActivate
        if self._is_endless or self._appeared:
            self._hand_out(stream, most)
        elif asked.requestTimeout < 0:
            stream.end()
        else:
            entry = (stream, most)
            self._polls.append(entry)
            wait_s = (asked.requestTimeout or _DEFAULT_WAIT_MS) / 1000
            asyncio.get_running_loop().call_later(wait_s, self._give_up, entry)

    def _give_up(self, entry: tuple[Stream, int]) -> None:
        if entry in self._polls:
            self._polls.remove(entry)
            if entry[0].is_open:
                entry[0].end()

    def _hand_out(self, stream: Stream, most: int) -> None:
        if self._is_endless:
            jobs = [self._one(time.perf_counter()) for _ in range(most)]
        else:
            jobs = [self._one(self._appeared.popleft()) for _ in range(min(most, len(self._appeared)))]
        stream.answer(b"".join(b"\x0a" + _varint(len(job)) + job for job in jobs))

    def _one(self, there_s: float) -> bytes:
        key = next(self._keys)
        self._there_s[key] = there_s
        deadline_ms = int(time.time() * 1000) + _LEASE_MS
        return self._job + b"\x08" + _varint(key) + b"\x60" + _varint(deadline_ms)

    def _place(self) -> None:
        """Bring what has appeared, or all that anyone wants, to those who wait for it."""
        self._streams = [stream for stream in self._streams if stream.is_open]
        for stream in self._streams:
            while not self._is_endless and self._appeared and len(stream.queue) < _ROOM_BYTES:
                stream.send(self._one(self._appeared.popleft()))
        polls = [entry for entry in self._polls if entry[0].is_open]
        while polls and (self._is_endless or self._appeared):
            self._hand_out(*polls.pop(0))
        self._polls = polls

    async def told(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what one line asks; see the methods."""
        match order.pop("do"):
            case "wait":
                return await self._wait(**order)
            case "watch":
                return await self._watch(**order)
            case _:
                return await self._measure(**order)

    async def _wait(self, within_s: float) -> dict[str, Any]:
        """Wait for a client that asks for jobs."""
        self._contact.clear()
        try:
            await asyncio.wait_for(self._contact.wait(), within_s)
        except TimeoutError:
            return {"came": False}
        return {"came": True}

    async def _watch(self, pid: int, settle_s: float, window_s: float) -> dict[str, Any]:
        """See what the process *pid* uses while there is nothing to do."""
        await asyncio.sleep(settle_s)
        before = Usage.of(pid)
        await asyncio.sleep(window_s)
        after = Usage.of(pid)
        return {"cpu_s": after.cpu_s - before.cpu_s, "seconds": window_s, "rss_mb": after.rss_mb}

    async def _measure(  # noqa: PLR0913 - the order's own fields
        self, *, pid: int, job: dict[str, Any], warm_s: float, window_s: float, delay_s: float, rate: float | None
    ) -> dict[str, Any]:
        """Offer jobs for *warm_s* and *window_s*, at *rate* a second or without end, and see what became of them."""
        self._job = _template(job)
        self._there_s.clear()
        self._took_s.clear()
        self._failed = 0
        offering = asyncio.create_task(self._offer(rate))
        await asyncio.sleep(warm_s)
        before, began_s = Usage.of(pid), time.perf_counter()
        own_before = time.process_time()
        self._took_s.clear()
        await asyncio.sleep(window_s)
        after, ended_s = Usage.of(pid), time.perf_counter()
        added_ms = sorted((took_s - delay_s) * 1000 for took_s in self._took_s)
        offering.cancel()
        self._is_endless = False
        self._appeared.clear()
        return {
            "jobs": len(added_ms),
            "failed": self._failed,
            "seconds": ended_s - began_s,
            "cpu_s": after.cpu_s - before.cpu_s,
            "rss_mb": after.rss_mb,
            "in_flight": len(self._there_s),
            "p50_ms": _at(added_ms, 0.5),
            "p99_ms": _at(added_ms, 0.99),
            "own_cpu_s": time.process_time() - own_before,
        }

    async def _offer(self, rate: float | None) -> None:
        if rate is None:
            self._is_endless = True
            self._place()
            return
        began_s, made = time.perf_counter(), 0
        while True:
            now_s = time.perf_counter()
            due = int((now_s - began_s) * rate) - made
            made += due
            self._appeared.extend([now_s] * due)
            self._place()
            await asyncio.sleep(_TICK_S)


def _template(job: dict[str, Any]) -> bytes:
    """The job as bytes, without the key and the deadline, which differ."""
    return wire.ActivatedJob(
        type=job["type"],
        processInstanceKey=2251799813685300,
        bpmnProcessId="benchmark",
        processDefinitionVersion=1,
        processDefinitionKey=2251799813685200,
        elementId="task",
        elementInstanceKey=2251799813685302,
        customHeaders=job["headers"].encode(),
        worker="benchmark",
        retries=3,
        variables=job["variables"].encode(),
        tenantId="<default>",
    ).SerializeToString()


def _at(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


async def _main() -> None:
    gateway = Gateway()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(gateway.request), "127.0.0.1", 0)
    await obey({"port": server.sockets[0].getsockname()[1]}, gateway.told)


if __name__ == "__main__":
    import uvloop

    sys.exit(uvloop.run(_main()))
