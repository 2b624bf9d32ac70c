from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.filled import CONNECTIONS
from tests.lab import StartWorker
from worker.demo.emulator import Emulator
from worker.demo.processes import examples


@dataclass(frozen=True)
class Example:
    """
    What an example process is started with, and what comes of it.

    *asks* is the operation that the service sees, in *calls* calls that cost something; *leaves* is where in the result
    there has to be something.
    """

    given: dict[str, Any]
    asks: str = "chat/completions"
    calls: int = 1
    leaves: str = "output.text"


EXAMPLES = {
    "chat-completion": Example({"question": "What is two and two?"}),
    "completion": Example({"prompt": "Once upon a time"}, asks="completions"),
    "completions-extension": Example(
        {"question": "What do our terms say?", "searchEndpoint": "https://search.example", "searchIndex": "terms"}
    ),
    "create-embedding": Example({"texts": ["one", "two"]}, asks="embeddings", leaves="body.data"),
    "create-image": Example({"prompt": "A red bicycle"}, asks="images/generations", leaves="body.data"),
    "create-response": Example({"question": "What is two and two?"}, asks="responses"),
    "create-speech": Example({"text": "Your parcel has arrived."}, asks="audio/speech", leaves="body"),
    "general-query": Example({"question": "Who?", "context": "Ann did it."}),
    "list-models": Example({}, asks="models", calls=0, leaves="output.json"),
    "map-data": Example({"records": [{"e-mail": "ann@example.org"}]}, leaves="output.json.mappings"),
    "multiple-chat-completions": Example({"reviews": ["Good.", "Bad.", "So so."]}, calls=3, leaves="output.texts"),
    "raw-request": Example({"path": "models"}, asks="models", calls=0, leaves="body.data"),
    "summarize-text": Example({"document": "A long text. " * 500}),
    "transcribe-audio": Example({"audio": "UklGRiQAAABXQVZF"}, asks="audio/transcriptions"),
}


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in examples()])
async def test_every_example_runs_from_start_to_end(
    file: Path, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker
) -> None:
    """Each file of `bpmn/` is deployed, runs to its end event, and leaves an answer that the service has billed."""
    example = EXAMPLES[file.stem]
    await zeebe.deploy_resource(file)

    async with start_worker(WORKER_CONFIG=CONNECTIONS):
        ended = await zeebe.run_process_with_result(file.stem, example.given, timeout=60_000)

    result: Any = dict(ended.variables)["result"]
    assert result["status"] == 200
    found = result
    for step in example.leaves.split("."):
        found = found[step]
    assert found
    assert azure.books.billed_calls == example.calls
    assert azure.books.last.operation == example.asks
