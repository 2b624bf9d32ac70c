import asyncio
import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.migration.old_tasks import OPENAI, OldTask
from tests.migration.stand_in import both_at_work
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator
from worker.templates import migrated

_number = itertools.count(1)
_TOOL = '=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]'
_SOURCES = '=[{"type": "azure_search", "parameters": {"endpoint": "https://s.search.windows.net", "indexName": index}}]'
_EXPRESSION = {
    "resultVariable": "result",
    "resultExpression": "={text: response.body.choices[1].message.content, status: status}",
}

TASKS = {
    "completion": OldTask(
        "completion",
        {
            "prompt": '="Once upon " + subject',
            "maxTokens": "16",
            "temperature": "0.5",
            "topP": "1",
            "user": "u",
            "numberOfCompletions": "1",
            "presencePenalty": "0",
            "frequencyPenalty": "0",
            "bestOf": "1",
            "logitBias": '={"50256": -100}',
            "stop": "END",
            "deploymentId": "gpt-35-turbo-instruct",
            "stream": "true",
        },
    ),
    "chat": OldTask(
        "chatCompletion",
        {
            "messageRole": "user",
            "messageContent": "=subject",
            "messages": '=[{"role": "system", "content": "Be brief."}]',
            "temperature": "1",
            "maxTokens": "=limit",
            "n": "1",
            "stop": '=["END"]',
            "tools": _TOOL,
        },
        headers=_EXPRESSION,
    ),
    "chat, all as expressions": OldTask(
        "chatCompletion",
        {
            "resourceName": '="my" + "-res"',
            "deploymentId": "=deployment",
            "apiVersion": '="2024-" + "06-01"',
            "messageRole": "system",
            "messageContent": '="He said: " + string(subject) + " <&>"',
            "temperature": '="0.3"',
        },
        version="1",
        headers={"resultVariable": "result"},
    ),
    "chat with what no form has": OldTask(
        "chatCompletion", {"messageRole": "user", "messageContent": "Hi", "enhancements": '={"ocr": {"enabled": true}}'}
    ),
    "extension": OldTask(
        "completionsExtension",
        {
            "apiVersion": "2023-12-01-preview",
            "messages": '=[{"role": "user", "content": subject}]',
            "dataSources": _SOURCES,
            "temperature": "0",
        },
    ),
    "OpenAI chat": OldTask(
        "chat",
        {
            "model": "gpt-4.1-mini",
            "systemMessage": "Be brief.",
            "chatHistory": '=[{"role": "user", "content": "Hi"}]',
            "prompt": "=subject",
            "choices": "1",
            "temperature": "1",
            "organization": "org-1",
        },
        template=OPENAI,
        version="8",
        headers={"resultVariable": "result", "resultExpression": "={all: response.body}"},
    ),
    "OpenAI chat, a model of one's own": OldTask(
        "chat",
        {"model": "custom", "custom_model": "=deployment", "prompt": "Hi", "choices": '="1"'},
        template=OPENAI,
        version="8",
    ),
    "OpenAI moderation": OldTask("moderation", {"textToAnalyze": '="Say " + subject'}, template=OPENAI, version="7"),
    "OpenAI moderation of a fixed text": OldTask(
        "moderation", {"textToAnalyze": 'A "text"'}, template=OPENAI, version="7"
    ),
}
_VARIABLES = {"subject": 'a "process"', "limit": "20", "deployment": "gpt-4.1-mini", "index": "docs"}


@pytest.mark.parametrize("name", TASKS)
async def test_the_same_is_asked_and_answered(
    broker: Broker, zeebe: ZeebeClient, azure: Emulator, tmp_path: Path, name: str
) -> None:
    """A process before and after: the same request with the same key, and the same variables at the end."""
    job_type = f"migrated-{os.getpid()}-{next(_number)}"
    if "moderation" in name:
        azure.always(Answer.status(200, body={"id": "modr-1", "results": [{"flagged": False}]}))
    else:
        azure.always(Answer.says("An answer."))
    process = f"before-{job_type}"
    old = TASKS[name].process(process)
    done = migrated(old, job_type=job_type)
    assert [task.refusal for task in done.tasks] == [None]
    new = done.after.replace(process.encode(), f"after-{job_type}".encode())

    async with both_at_work(broker.address, azure, job_type):
        before = await _ran(zeebe, tmp_path, process, old)
        after = await _ran(zeebe, tmp_path, f"after-{job_type}", new)

    asked_before, asked_after = azure.books.entries
    assert _request(asked_before) == _request(asked_after)
    assert _kept(before) == _kept(after)
    assert before


async def _ran(zeebe: ZeebeClient, folder: Path, process: str, content: bytes) -> Mapping[str, Any]:
    file = folder / f"{process}.bpmn"
    await asyncio.to_thread(file.write_bytes, content)
    await zeebe.deploy_resource(file)
    response = await zeebe.run_process_with_result(process, dict(_VARIABLES), timeout=60_000)
    return {name: value for name, value in response.variables.items() if name not in _VARIABLES}


def _request(entry: Any) -> dict[str, Any]:
    """All of a request that the service looks at; a false `stream` or `echo` says what is so by itself."""
    body = {key: value for key, value in entry.body.items() if not (key in {"stream", "echo"} and value is False)}
    keys = {name: entry.headers.get(name) for name in ("api-key", "authorization", "openai-organization")}
    return {"method": entry.method, "path": entry.path, "query": dict(entry.query), "body": body, **keys}


def _kept(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What a process can have used: ours has `output` beside it, and ids and dates differ from call to call."""
    shown = dict(variables)
    if isinstance(shown.get("result"), dict):
        result = {name: shown["result"].get(name) for name in ("status", "body", "reason", "document")}
        shown["result"] = {**result, "body": _lasting(result["body"])}
    if "all" in shown:
        shown["all"] = _lasting(shown["all"])
    return shown


def _lasting(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in {"id", "created"}}
