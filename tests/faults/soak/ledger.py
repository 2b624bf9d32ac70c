"""
Jobs with numbers, and a ledger of which of them came to an end.

Each instance asks the service one question that names its number, and then passes a second task, whose jobs the ledger
itself takes. So what the service billed and what the process went through can be told apart job by job, without
believing the worker or the one who started the instance.
"""

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import grpc
from grpc import aio
from pyzeebe.proto import gateway_pb2 as wire
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from tests.lab import eventually
from tests.processes import a_question

__all__ = ["Ledger"]

_BATCH = 200
_WAIT_MS = 1_000
_LEASE_MS = 20_000
_STARTERS = 4
_COMMAND_S = 10.0
_PATIENCE_S = 120.0  # for the last jobs: a lease, a back-off and a busy machine

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id={name} isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="toAsk" sourceRef="start" targetRef="ask" />
    <bpmn:serviceTask id="ask">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type={name} retries="3" />
        <zeebe:ioMapping><zeebe:input source={task} target="azureOpenAI" /></zeebe:ioMapping>
        <zeebe:taskHeaders>
          <zeebe:header key="resultExpression" value="={{status: response.status}}" />
          <zeebe:header key="retryBackoff" value="PT0.5S" />
        </zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="toEnter" sourceRef="ask" targetRef="enter" />
    <bpmn:serviceTask id="enter">
      <bpmn:extensionElements><zeebe:taskDefinition type={ledger} /></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="toEnd" sourceRef="enter" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>
"""
_NUMBER = "the number goes here"


class Ledger:
    """
    Starts instances of the process *name* and enters which of them have got through the service's task.

    *confirmed* are the numbers of instances that the broker has said it started; one that was asked for while the
    broker went away may run or not. *entered* holds for each number the jobs that stood behind the service's task:
    two of them mean that it was completed twice. *is_settled* is set when every confirmed one is entered.
    """

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.asked = 0
        self.confirmed: set[int] = set()
        self.entered: defaultdict[int, set[int]] = defaultdict(set)
        self.statuses: set[int] = set()
        self.is_settled = asyncio.Event()
        self._open: dict[int, asyncio.Semaphore] = {}
        self._channel = aio.insecure_channel(address, options=[("grpc.max_reconnect_backoff_ms", 1_000)])
        self._gateway: Any = GatewayStub(self._channel)  # its annotations know the blocking kind alone

    @property
    def done(self) -> int:
        """How many numbers have got through."""
        return len(self.entered)

    @property
    def lost(self) -> set[int]:
        """Numbers whose instance was started and has not got through."""
        return self.confirmed - self.entered.keys()

    def prompt(self, number: int) -> str:
        """What the instance of that number asks the service."""
        return f"{self.name} {number}."

    async def deploy(self, folder: Path) -> None:
        """Deploy the process."""
        task = json.dumps(a_question(input={"content": _NUMBER}))
        asks = task.replace(f'"{_NUMBER}"', f'"{self.name} " + string(number) + "."')
        ledger = quoteattr(f"{self.name}-ledger")
        text = _PROCESS.format(name=quoteattr(self.name), task=quoteattr("=" + asks), ledger=ledger)
        file = folder / f"{self.name}.bpmn"
        await asyncio.to_thread(file.write_text, text, encoding="utf-8")
        resource = wire.Resource(name=file.name, content=text.encode())
        await self._gateway.DeployResource(wire.DeployResourceRequest(resources=[resource]))

    async def run(self, jobs: int, *, at_a_time: int) -> None:
        """Start *jobs* instances, so many at a time, and enter them until all have got through."""
        clerk, room = asyncio.create_task(self._enter_all()), asyncio.Semaphore(at_a_time)
        try:
            await asyncio.gather(*(self._start(jobs, room) for _ in range(_STARTERS)))
            await eventually(lambda: not self.lost, what=f"the rest of {self.name}'s jobs", within_s=_PATIENCE_S)
            self.is_settled.set()
        finally:
            clerk.cancel()
            await asyncio.gather(clerk, return_exceptions=True)

    async def close(self) -> None:
        """Hang up."""
        await self._channel.close(None)

    async def _start(self, jobs: int, room: asyncio.Semaphore) -> None:
        while len(self.confirmed) < jobs:
            await room.acquire()
            number = await eventually(self._attempt, what=f"an instance of {self.name} to start")
            self.confirmed.add(number)
            self._open[number] = room
            self._leave(number)

    async def _attempt(self) -> int | None:
        """Start one; None when that is not certain. It may run all the same, so its number is never given again."""
        self.asked += 1
        number = self.asked
        request = wire.CreateProcessInstanceRequest(
            bpmnProcessId=self.name, version=-1, variables=json.dumps({"number": number})
        )
        try:
            await self._gateway.CreateProcessInstance(request, timeout=_COMMAND_S)
        except grpc.RpcError:
            return None
        return number

    async def _enter_all(self) -> None:
        while True:
            await eventually(self._enter_some, what="the broker to give jobs")

    async def _enter_some(self) -> bool:
        request = wire.ActivateJobsRequest(
            type=f"{self.name}-ledger", worker="ledger", timeout=_LEASE_MS, maxJobsToActivate=_BATCH,
            fetchVariable=["number", "status"], requestTimeout=_WAIT_MS,
        )  # fmt: skip
        try:
            async for batch in self._gateway.ActivateJobs(request, timeout=_COMMAND_S):
                await asyncio.gather(*(self._enter(job) for job in batch.jobs))
        except grpc.RpcError:
            return False
        return True

    async def _enter(self, job: wire.ActivatedJob) -> None:
        variables = json.loads(job.variables)
        number = int(variables["number"])
        self.entered[number].add(job.key)
        self.statuses.add(int(variables["status"]))
        self._leave(number)
        await self._gateway.CompleteJob(wire.CompleteJobRequest(jobKey=job.key, variables="{}"), timeout=_COMMAND_S)

    def _leave(self, number: int) -> None:
        """Make room for another one, once this one is both confirmed and entered, in whichever order."""
        if number in self._open and number in self.entered:
            self._open.pop(number).release()
