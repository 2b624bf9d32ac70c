import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.asking import a_task_for, result_of
from worker.demo.emulator import Emulator

GUIDE = Path(__file__).parents[2] / "docs/operations.md"
TASKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)]


def test_there_are_tasks() -> None:
    """The guide shows every operation that talks to a model in words or numbers, so that none goes untried."""
    assert {task["operation"] for task in TASKS} >= {
        "chatCompletion",
        "multipleChatCompletions",
        "generalQuery",
        "summarizeText",
        "mapData",
        "createEmbedding",
        "createResponse",
    }


@pytest.mark.parametrize("task", [pytest.param(task, id=f"{n} {task['operation']}") for n, task in enumerate(TASKS)])
async def test_what_the_guide_shows_works(task: dict[str, Any], azure: Emulator) -> None:
    """Each task in the guide, copied as it stands, is done; what goes on from a response gets one to go on from."""
    connection = {"endpoint": azure.url, "authentication": {"type": "apiKey", "apiKey": azure.key}}
    given = dict(task["input"])
    if "previousResponseId" in given:
        before = await result_of(a_task_for(azure, "createResponse", input="Who signed the contract?"))
        given["previousResponseId"] = before["body"]["id"]

    result = await result_of({**task, "input": given, "connection": connection})

    assert result["status"] == 200
    assert result["output"]["cost"] > 0
    assert result["output"]["jsonError"] is None
