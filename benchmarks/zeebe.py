"""Against a real Zeebe: the same contenders on the same emulated service, with a broker that the demo starts."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from pyzeebe import ZeebeClient, create_insecure_channel
from pyzeebe.errors import ZeebeBackPressureError

from benchmarks.bout import Site
from benchmarks.contenders import Contender
from benchmarks.double import Double
from benchmarks.doubles.usage import Usage
from benchmarks.rounds import middle
from worker.demo.broker import Broker

__all__ = ["against_zeebe"]

_IN_FLIGHT: Final = 100
_WARM: Final = 60  # jobs before anything is measured
_MEASURED: Final = 300
_DELAY_S: Final = 0.2
_BYTES: Final = 2000
_LOOKS_EVERY_S: Final = 0.05
_AT_MOST_S: Final = 60.0
_SETTLES_S: Final = 1.0  # for the last completions
_PROCESS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id={id} isExecutable="true">
    <bpmn:startEvent id="start" /><bpmn:sequenceFlow id="to" sourceRef="start" targetRef="task" />
    <bpmn:serviceTask id="task"><bpmn:extensionElements>
      <zeebe:taskDefinition type={type} /><zeebe:taskHeaders>{headers}</zeebe:taskHeaders>
    </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:sequenceFlow id="from" sourceRef="task" targetRef="end" /><bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>
"""


class _Came(NamedTuple):
    jobs_per_s: float
    cpu_ms_per_job: float
    rss_mb: float


async def against_zeebe(contenders: Sequence[Contender], *, rounds: int, say: Callable[[str], object]) -> str:
    """Every contender works off a backlog of 360 instances, *rounds* times in turn; the medians as a table."""
    came: dict[str, list[_Came]] = defaultdict(list)
    failures: list[str] = []
    async with Broker() as broker, Double("azure") as azure:
        zeebe = ZeebeClient(create_insecure_channel(broker.address))
        await azure.tell(delay_s=_DELAY_S, answer_bytes=_BYTES)
        for number in range(rounds):
            for contender in contenders:
                say(f"round {number + 1} of {rounds}: a real broker, {contender.name}")
                try:
                    came[contender.name].append(await _bout(zeebe, broker.address, azure, contender, number))
                except (RuntimeError, OSError, TimeoutError) as error:
                    failures.append(f"{contender.name}: {error!r}")
    lines = ["| who | jobs/s | CPU ms per job | RSS MB |", "| --- | ---: | ---: | ---: |"]
    for name, figures in came.items():
        shown = [middle([one[column] for one in figures]) or 0.0 for column in range(3)]
        lines.append(f"| {name} | {shown[0]:,.0f} | {shown[1]:.2f} | {shown[2]:.0f} |")
    return "\n".join([*lines, *(f"Not measured: {failure}." for failure in failures)])


async def _bout(zeebe: ZeebeClient, gateway: str, azure: Double, contender: Contender, number: int) -> _Came:
    site = Site(gateway=gateway, azure=f"http://127.0.0.1:{azure.port}")
    name = f"bench-{contender.name.split()[0]}-{number}".replace("'", "")
    own = contender if contender.variable is None else replace(contender, job_type=name)
    await _filled(zeebe, name, own.job(site.azure, _BYTES))
    await azure.tell()  # calls that were counted before
    async with site.started(own, _IN_FLIGHT) as process:
        calls, first, began_s, before = 0, 0, 0.0, Usage(0.0, 0.0)
        async with asyncio.timeout(_AT_MOST_S):
            while calls < _WARM + _MEASURED:
                await asyncio.sleep(_LOOKS_EVERY_S)
                calls += (await azure.tell())["calls"]
                if not began_s and calls >= _WARM:
                    first, began_s, before = calls, time.perf_counter(), Usage.of(process.pid)
        took_s = time.perf_counter() - began_s
        await asyncio.sleep(_SETTLES_S)
        after = Usage.of(process.pid)
    done = calls - first
    return _Came(done / took_s, (after.cpu_s - before.cpu_s) * 1000 / done, after.rss_mb)


async def _filled(zeebe: ZeebeClient, name: str, job: dict[str, str]) -> None:
    """A process of one task, with as many instances as are to be worked off."""
    headers = "".join(
        f"<zeebe:header key={quoteattr(key)} value={quoteattr(value)} />"
        for key, value in json.loads(job["headers"]).items()
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.bpmn"
        text = _PROCESS.format(id=quoteattr(name), type=quoteattr(job["type"]), headers=headers)
        file.write_text(text, encoding="utf-8")
        await zeebe.deploy_resource(file)
    variables, left = json.loads(job["variables"]), _WARM + _MEASURED
    while left:
        asked = [zeebe.run_process(name, variables) for _ in range(min(left, 50))]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        wrong = [one for one in answers if isinstance(one, BaseException)]
        if other := next((one for one in wrong if not isinstance(one, ZeebeBackPressureError)), None):
            raise RuntimeError(f"no instance could be started: {other!r}")
        left -= len(answers) - len(wrong)
