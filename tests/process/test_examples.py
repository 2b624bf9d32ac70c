from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker
from worker.demo.emulator import Emulator
from worker.demo.processes import examples

GIVEN: dict[str, dict[str, Any]] = {
    "chat-completion": {"question": "What is two and two?"},
    "completion": {"prompt": "Once upon a time"},
    "completions-extension": {
        "question": "What do our terms say?",
        "searchEndpoint": "https://search.example",
        "searchIndex": "terms",
    },
}
"""What each example process is started with."""


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in examples()])
async def test_every_example_runs_from_start_to_end(
    file: Path, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker
) -> None:
    """Each file of `bpmn/` is deployed, runs to its end event, and leaves an answer that the service has billed."""
    await zeebe.deploy_resource(file)

    async with start_worker():
        ended = await zeebe.run_process_with_result(file.stem, GIVEN[file.stem], timeout=60_000)

    result: Any = dict(ended.variables)["result"]
    assert result["status"] == 200
    assert result["output"]["text"]
    assert azure.books.billed_calls == 1
    assert azure.books.last.operation == {
        "chat-completion": "chat/completions",
        "completion": "completions",
        "completions-extension": "chat/completions",
    }[file.stem]  # fmt: skip
