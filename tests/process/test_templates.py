"""What a modeler fills in is what runs."""

import asyncio
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.applied import Form, process
from tests.lab import ENGINES, StartWorker
from worker.demo.emulator import Answer, Emulator
from worker.operations import OPERATIONS

CONFIG = """
[connections.main]
endpoint = "{{secrets.AZURE_OPENAI_ENDPOINT}}"
authentication = { type = "apiKey", apiKey = "{{secrets.AZURE_OPENAI_API_KEY}}" }
"""
TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
PROPOSAL = {
    "targetField": "mail",
    "sourceFields": ["e-mail"],
    "transformation": None,
    "confidence": 0.9,
    "reason": "Alike",
}
DEPLOYMENTS = {
    "chat/completions": "gpt-4.1-mini",
    "responses": "gpt-4.1-mini",
    "completions": "gpt-35-turbo-instruct",
    "embeddings": "text-embedding-3-small",
    "images/generations": "gpt-image-1-mini",
    "audio/speech": "gpt-4o-mini-tts",
    "audio/transcriptions": "whisper",
}


@dataclass(frozen=True)
class Filled:
    """What is typed into the form, what the service sees of it, and where in the result there has to be something."""

    given: dict[str, str]
    asks: str = "chat/completions"
    sees: dict[str, object] = field(default_factory=dict)
    leaves: str = "output.text"


FILLED = {
    "chatCompletion": Filled(
        {
            "input.content": "Two and two?",
            "input.temperature": "0.5",
            "input.store": "false",
            "answerFormat": "jsonObject",
        },
        sees={"temperature": 0.5, "store": False, "response_format": {"type": "json_object"}},
    ),
    "completion": Filled({"input.prompt": "Once"}, asks="completions", sees={"prompt": "Once"}),
    "completionsExtension": Filled(
        {
            "input.content": "Terms?",
            "input.dataSources": '[{"type": "azure_search", "parameters": {"index_name": "a"}}]',
        },
        sees={"data_sources": [{"type": "azure_search", "parameters": {"index_name": "a"}}]},
    ),
    "multipleChatCompletions": Filled(
        {"input.prompts": '["One?"]', "input.tools": json.dumps(TOOLS)}, sees={"tools": TOOLS}, leaves="output.texts"
    ),
    "createResponse": Filled({"input.input": "Two and two?"}, asks="responses", sees={"input": "Two and two?"}),
    "generalQuery": Filled({"input.question": "Who?", "input.maxTokens": "50"}, sees={"max_tokens": 50}),
    "summarizeText": Filled({"input.text": "A long text.", "input.length": "short"}),
    "mapData": Filled(
        {
            "input.records": '[{"e-mail": "ann@example.org"}]',
            "mappingTarget": "targetFields",
            "input.targetFields": '[{"name": "mail"}]',
        },
        leaves="output.json.mappings",
    ),
    "createEmbedding": Filled(
        {"input.input": "one"}, asks="embeddings", sees={"input": "one"}, leaves="output.embedding"
    ),
    "createImage": Filled(
        {"input.prompt": "A bicycle", "input.size": "1024x1024"}, asks="images/generations", leaves="body.data"
    ),
    "createSpeech": Filled({"input.input": "Hello", "input.voice": "alloy"}, asks="audio/speech", leaves="body"),
    "transcribeAudio": Filled(
        {"input.file.content": "UklGRiQAAABXQVZF", "input.file.name": "a.wav"}, asks="audio/transcriptions"
    ),
    "listModels": Filled({}, asks="models", leaves="output.json"),
    "rawRequest": Filled({"input.path": "models"}, asks="models", leaves="body.data"),
}
SINGLE = {
    "general-query": "generalQuery",
    "summarize-text": "summarizeText",
    "map-data": "mapData",
    "create-image": "createImage",
}
FORMS = [("azure-openai", name) for name in FILLED] + list(SINGLE.items())


def test_no_operation_is_left_out() -> None:
    """What follows tries every operation, and nobody has to write an expression: JSON is pasted as it is."""
    assert set(OPERATIONS) == set(FILLED)
    assert not any(value.startswith("=") for each in FILLED.values() for value in each.given.values())


@pytest.mark.parametrize("broker", ENGINES, indirect=True)
async def test_a_filled_in_template_runs(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Each operation from each template: nothing is flagged, it deploys, and the service sees what was typed."""
    folder = "" if "8.8" in request.node.name else "camunda-8.5/"

    async with start_worker(WORKER_CONFIG=CONFIG):
        for number, (file, operation) in enumerate(FORMS):
            model = tmp_path / f"applied-{os.getpid()}-{number}.bpmn"
            await _runs(zeebe, azure, model, f"{folder}{file}.json", operation)


async def _runs(zeebe: ZeebeClient, azure: Emulator, model: Path, file: str, operation: str) -> None:
    filled = FILLED[operation]
    form = Form.of(file, {"connection.name": "main", **_chosen(file, operation), **filled.given})
    assert form.complaints() == []
    azure.always(Answer.says(json.dumps({"mappings": [PROPOSAL]})))
    await asyncio.to_thread(model.write_text, process(model.stem, form), encoding="utf-8")

    await zeebe.deploy_resource(model)
    ended = await zeebe.run_process_with_result(model.stem, {}, timeout=20_000)

    result: Any = dict(ended.variables)["result"]
    for step in filled.leaves.split("."):
        result = result[step]
    body: Any = azure.books.last.body
    assert result, (file, operation)
    assert azure.books.last.operation == filled.asks
    assert filled.sees == {name: body[name] for name in filled.sees}


def _chosen(file: str, operation: str) -> dict[str, str]:
    """The operation, where the template has several, and a deployment that can do it, where it needs one."""
    deployment = DEPLOYMENTS.get(FILLED[operation].asks)
    chosen = {"operation": operation} if file.endswith("azure-openai.json") else {}
    return chosen if deployment is None else {**chosen, "deployment": deployment}
