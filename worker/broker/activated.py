"""Jobs as they come off the wire."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import msgspec
from google.protobuf.message import DecodeError

from worker.broker import gateway_pb2 as wire
from worker.broker.deadlines import Deadlines
from worker.broker.gateway import Activated, FlawedJob, GatewayUnavailable
from worker.broker.rpc import STREAM_WINDOW, Call, RpcError
from worker.broker.statuses import in_our_words
from worker.job import Job

__all__ = ["GrpcJobStream", "JobReader"]

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_HEADERS: Final = msgspec.json.Decoder(dict[str, str])
_REMEMBERED_AT_MOST: Final = 16_384  # bytes
_JOB_AT_LEAST: Final = 256  # bytes of a job on the wire: names, keys and a connection take more than that
_AHEAD_AT_MOST: Final = 65_536  # bytes of jobs on their way to us: twenty usual ones for each time there and back
_remembered: Final = lru_cache(maxsize=256)(_HEADERS.decode)  # all jobs of a task have the same


class JobReader:
    """Turns activated jobs into ours. The texts in them stay undecoded but for the headers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._deadlines = Deadlines(clock)

    def read(self, job: wire.ActivatedJob, *, lease_s: float, sent_s: float | None) -> Activated:
        """
        The job that has arrived just now.

        *lease_s* is what was asked for it, *sent_s* when; None where it was pushed.
        """
        deadline_s = self._deadlines.of(job.key, broker_deadline_ms=job.deadline, lease_s=lease_s, sent_s=sent_s)
        raw, headers, flaw = job.customHeaders, _NO_HEADERS, None
        if raw and raw != b"{}":
            try:
                headers = _remembered(raw) if len(raw) <= _REMEMBERED_AT_MOST else _HEADERS.decode(raw)
            except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
                flaw = f"the job's headers are not a JSON object of texts: {cause}"
        read = Job(
            key=job.key,
            type=job.type,
            process_instance_key=job.processInstanceKey,
            bpmn_process_id=job.bpmnProcessId,
            process_definition_key=job.processDefinitionKey,
            process_definition_version=job.processDefinitionVersion,
            element_id=job.elementId,
            element_instance_key=job.elementInstanceKey,
            tenant_id=job.tenantId,
            retries=job.retries,
            deadline_s=deadline_s,
            headers=headers,
            variables=job.variables,
        )
        return read if flaw is None else FlawedJob(job=read, flaw=flaw)


class GrpcJobStream:
    """
    Jobs as the gateway pushes them; see `JobStream` for the contract.

    *refused* hears of the status that ended the stream, so that credentials can be renewed for the next one.
    """

    def __init__(
        self,
        call: Call,
        *,
        as_ours: Callable[[wire.ActivatedJob], Activated],
        refused: Callable[[RpcError], Awaitable[object]],
    ) -> None:
        self._call = call
        self._as_ours = as_ours
        self._refused = refused
        self._is_closed = False

    async def read(self, *, room: int) -> Activated | None:
        self._call.ahead = min(_AHEAD_AT_MOST, max(STREAM_WINDOW, room * _JOB_AT_LEAST))
        try:
            message = None if self._is_closed else await self._call.read()
        except RpcError as error:
            if self._is_closed:
                return None
            await self._refused(error)
            raise in_our_words(error) from error
        return None if message is None else self._job(message)

    def close(self) -> list[Activated]:
        self._is_closed = True
        self._call.cancel()
        unread: list[Activated] = []
        for message in self._call.unread():
            with suppress(GatewayUnavailable):  # one that is no job
                unread.append(self._job(message))
        return unread

    def _job(self, message: bytes) -> Activated:
        try:
            return self._as_ours(wire.ActivatedJob.FromString(message))
        except DecodeError as error:
            raise GatewayUnavailable("the gateway sent something that is no job") from error
