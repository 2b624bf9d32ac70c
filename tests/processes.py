"""Small processes for tests: one service task each, under a name and a job type of its own."""

import asyncio
import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pyzeebe import ZeebeClient
from pyzeebe.errors import ZeebeBackPressureError

_number = itertools.count(1)

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id={name} isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="toTask" sourceRef="start" targetRef="task" />
    <bpmn:serviceTask id="task">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type={name} retries="3" />
        <zeebe:ioMapping><zeebe:input source={task} target="azureOpenAI" /></zeebe:ioMapping>
        <zeebe:taskHeaders>{headers}</zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="toEnd" sourceRef="task" targetRef="end" />
    <bpmn:endEvent id="end" />
    {boundary}
  </bpmn:process>
  {error}
</bpmn:definitions>
"""

# What travels with an error is local to the event that catches it; the mapping brings it into the process.
_BOUNDARY = """<bpmn:boundaryEvent id="caught" attachedToRef="task">
      <bpmn:extensionElements>
        <zeebe:ioMapping><zeebe:output source="=why" target="why" /></zeebe:ioMapping>
      </bpmn:extensionElements>
      <bpmn:outgoing>toCaught</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="error" />
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="toCaught" sourceRef="caught" targetRef="endCaught" />
    <bpmn:endEvent id="endCaught" />"""
_ERROR = '<bpmn:error id="error" errorCode={code} />'

EMULATED = {
    "endpoint": "{{secrets.AZURE_OPENAI_ENDPOINT}}",
    "authentication": {"type": "apiKey", "apiKey": "{{secrets.AZURE_OPENAI_API_KEY}}"},
}


def a_question(**changed: Any) -> dict[str, Any]:
    """A chat task on the emulator; what is changed to None is left out."""
    task = {
        "operation": "chatCompletion",
        "connection": EMULATED,
        "deployment": "gpt-4.1-mini",
        "input": {"content": "What is two and two?"},
        **changed,
    }
    return {name: value for name, value in task.items() if value is not None}


@dataclass(frozen=True)
class Deployed:
    """A deployed process: its id is its job type as well, so that tests do not take each other's jobs."""

    name: str
    zeebe: ZeebeClient

    async def run(self, *, within_s: float = 60.0, **variables: Any) -> Mapping[str, Any]:
        """
        Start an instance and wait for the variables at its end, which has to come.

        For one that does not end there is `start`: a request that Zeebe 8.5 gives up waiting for takes its connection
        to the partition with it, and with that whatever others wait for there (camunda/camunda#25596).
        """
        response = await self.zeebe.run_process_with_result(self.name, variables, timeout=int(within_s * 1000))
        return response.variables

    async def start(self, **variables: Any) -> int:
        """Start an instance; its key."""
        return (await self.zeebe.run_process(self.name, variables)).process_instance_key

    async def start_many(self, count: int) -> list[int]:
        """Start *count* instances at once, as far as the broker takes that many; their keys."""
        keys: list[int] = []
        while len(keys) < count:
            asked = [self.start() for _ in range(count - len(keys))]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            keys += [answer for answer in answers if isinstance(answer, int)]
            others = [answer for answer in answers if not isinstance(answer, int | ZeebeBackPressureError)]
            assert not others, others
        return keys


async def deploy(
    zeebe: ZeebeClient,
    folder: Path,
    task: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    catches: str | None = None,
) -> Deployed:
    """Deploy a process whose task has *task* as its `azureOpenAI`, and a boundary event for the error *catches*."""
    name = f"task-{os.getpid()}-{next(_number)}"
    all_headers = {"resultVariable": "result", "retryBackoff": "PT0S", **(headers or {})}
    text = _PROCESS.format(
        name=quoteattr(name),
        task=quoteattr("=" + json.dumps(task)),
        headers="".join(f"<zeebe:header key={quoteattr(k)} value={quoteattr(v)} />" for k, v in all_headers.items()),
        boundary=_BOUNDARY if catches else "",
        error=_ERROR.format(code=quoteattr(catches)) if catches else "",
    )
    file = folder / f"{name}.bpmn"
    file.write_text(text, encoding="utf-8")
    await zeebe.deploy_resource(file)
    return Deployed(name, zeebe)
