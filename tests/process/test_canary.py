"""A worker with everything switched on, and a service that says the key back wherever it can; see tests/canary.py."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from pyzeebe import ZeebeClient

from tests import doubles
from tests.canary import Canary
from tests.lab import WorkerProcess, eventually, incident_of
from tests.processes import EMULATED, Deployed, a_question, deploy
from tests.prometheus import free_port
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator
from worker.demo.emulator.script import Rule

_MASKS_NOTHING: Final = """
from worker.secrets import Redactor
for name in ("text", "json", "own_json", "raw", "value", "mapping"):
    setattr(Redactor, name, lambda self, given: given)
Redactor.is_in = lambda self, text: False
from worker.__main__ import main
main()
"""
# Where the key gets to without masking, and where it should not even then
_LOUD: Final = frozenset({
    "a collector's /v1/traces",
    "a file of answers.db",
    "a file of documents",
    "a file of history.db",
    "a worker's log",
    "an incident",
    "the broker's records",
    "the process",
})  # fmt: skip
_QUIET: Final = frozenset({"/metrics", "/status", "a collector's /v1/metrics", "a request"})
_BPMN: Final = {"errorExpression": '=bpmnError("caught", error.message, {why: error})'}
_FIELDS: Final = {"resultExpression": "={text: output.text, all: body, h: headers}"}
_SPOKEN: Final = {"operation": "createSpeech", "deployment": "tts-1", "input": {"input": "file", "voice": "alloy"}}


def _says_back(azure: Emulator, key: str) -> None:
    """In answers, headers, refusals, errors and files."""
    echo = {"x-echo": key, "apim-request-id": f"id-{key}"}
    body = {"error": {"message": f"no good: {key}", "code": key}}
    azure.script(
        Rule(answer=Answer(content=f"it is {key}", headers=echo), contains="tell", times=None),
        Rule(answer=Answer.status(400, body=body, headers=echo), contains="refuse", times=None),
        Rule(answer=Answer(status_code=200, body=f"ID3{key}", content_type="audio/mpeg"), contains="file", times=None),
    )


@asynccontextmanager
async def _collector(canary: Canary) -> AsyncIterator[str]:
    """A collector of traces and metrics; its URL."""

    async def take(request: web.Request) -> web.Response:
        canary.saw(f"a collector's {request.path}", await request.read())
        return web.Response()

    async with doubles.serving(doubles.Double(), web.post("/v1/{signal}", take)) as double:
        yield double.url


async def _deployed(zeebe: ZeebeClient, folder: Path) -> list[Deployed]:
    named = {"name": "main"}
    return [
        await deploy(zeebe, folder, a_question(input={"content": "tell {{secrets.AZURE_OPENAI_API_KEY}}"})),
        await deploy(zeebe, folder, a_question(input={"content": "tell"}, connection=named), headers=_FIELDS),
        await deploy(zeebe, folder, a_question(**_SPOKEN)),
        await deploy(zeebe, folder, a_question(input={"content": "refuse"}), headers=_BPMN, catches="caught"),
        await deploy(zeebe, folder, a_question(input={"content": "refuse"})),
    ]


_COMMANDS: Final = {
    "the dry run": ("call", "--dry-run"),
    "a call": ("call", "--json"),
    "the doctor": ("doctor",),
    "the check of secrets": ("secrets", "check", "AZURE_OPENAI_API_KEY", "--json"),
    "the history's export": ("history", "export"),
}


async def _said(arguments: tuple[str, ...], environment: dict[str, str]) -> str:
    """All that a command prints; its task names the key in three places."""
    own = {**EMULATED, "headers": {"X-Own": "Basic {{secrets.AZURE_OPENAI_API_KEY}}"}}
    task = json.dumps(a_question(connection=own, input={"content": "tell {{secrets.AZURE_OPENAI_API_KEY}}"}))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", *arguments,
        env=environment, cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(task.encode())
    return said.decode()


def _environment(broker: Broker, azure: Emulator, folder: Path, collector: str) -> dict[str, str]:
    key = '{ type = "apiKey", apiKey = "{{secrets.AZURE_OPENAI_API_KEY}}" }'
    return {
        "ZEEBE_ADDRESS": broker.address,
        "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
        "SECRET_AZURE_OPENAI_API_KEY": azure.key,
        "WORKER_CONFIG": f'[connections.main]\nendpoint = "{azure.url}"\nauthentication = {key}',
        "WORKER_KEPT_ANSWERS_FILE": str(folder / "answers.db"),
        "WORKER_HISTORY": "content",
        "WORKER_HISTORY_FILE": str(folder / "history.db"),
        "WORKER_DOCUMENT_FOLDER": str(folder / "documents"),
        "WORKER_MANAGEMENT_PORT": str(free_port()),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


@pytest.mark.parametrize("masks", [pytest.param(True, id="ours"), pytest.param(False, id="without masking")])
async def test_a_key_that_is_said_back(masks: Any, broker: Broker, zeebe: ZeebeClient, tmp_path: Path) -> None:
    """It gets nowhere: not to logs, traces, numbers, the broker, files or history; without masks it does."""
    canary = Canary()
    folder = tmp_path / "kept"
    folder.mkdir()
    async with Emulator(keys=(canary.key,)) as azure, _collector(canary) as collector:
        _says_back(azure, canary.key)
        processes = await _deployed(zeebe, tmp_path)
        environment = _environment(broker, azure, folder, collector)
        environment["WORKER_JOB_TYPES"] = ",".join(process.name for process in processes)
        command = ("-m", "worker") if masks else ("-c", _MASKS_NOTHING)
        async with WorkerProcess(environment, command=command, canary=canary) as worker:
            for process in processes[:4]:
                canary.saw("the process", json.dumps(await process.run()))
            incident = await incident_of(broker, await processes[4].start())
            canary.saw("an incident", incident.text)
            await eventually(lambda: canary.searched["a collector's /v1/traces"], what="traces")
            await eventually(lambda: canary.searched["a collector's /v1/metrics"], what="metrics")
            await worker.look_at_port()
            worker.terminate()
            await worker.ends()
        for entry in azure.books.entries:
            canary.saw_request("a request", entry.method, entry.path, entry.headers, entry.body)
        azure.always(Answer.status(403, body={"error": {"message": canary.key}}, headers={"x-echo": canary.key}))
        for name, arguments in _COMMANDS.items() if masks else ():
            canary.saw(name, await _said(arguments, environment))
    if broker.log:
        canary.saw_file("the broker's records", broker.log)
    for file in folder.rglob("*"):
        canary.saw_file(f"a file of {file.relative_to(folder).parts[0]}", file)
    found = {leak.partition(":")[0] for leak in canary.told()}

    channels = {*_LOUD, *_QUIET, *(_COMMANDS if masks else ())}
    assert set() == {channel for channel in channels if not canary.searched[channel]}
    assert (set() if masks else _LOUD) == found & _LOUD
    assert not (masks and found)
