"""What a modeler fills in is what runs."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.applied import process
from tests.filled import CONNECTIONS, FILLED, FORMS, PROPOSAL, form_of
from tests.lab import ENGINES, StartWorker
from worker.demo.emulator import Answer, Emulator
from worker.operations import OPERATIONS


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

    async with start_worker(WORKER_CONFIG=CONNECTIONS):
        for number, (file, operation) in enumerate(FORMS):
            model = tmp_path / f"applied-{os.getpid()}-{number}.bpmn"
            await _runs(zeebe, azure, model, f"{folder}{file}.json", operation)


async def _runs(zeebe: ZeebeClient, azure: Emulator, model: Path, file: str, operation: str) -> None:
    filled = FILLED[operation]
    form = form_of(file, operation)
    assert form.complaints() == []
    azure.always(Answer.says(json.dumps({"mappings": [PROPOSAL]})))
    await asyncio.to_thread(model.write_text, process(model.stem, form), encoding="utf-8")

    await zeebe.deploy_resource(model)
    ended = await zeebe.run_process_with_result(model.stem, {}, timeout=60_000)

    result: Any = dict(ended.variables)["result"]
    for step in filled.leaves.split("."):
        result = result[step]
    body: Any = azure.books.last.body
    assert result, (file, operation)
    assert azure.books.last.operation == filled.asks
    assert filled.sees == {name: body[name] for name in filled.sees}
