"""A task done by the worker's own data path, without a broker: what it sends goes to a real server."""

import json
from collections.abc import Mapping
from typing import Any

from tests.made import a_job
from worker.app import azure_options, connector_for
from worker.azure import Azure
from worker.demo.emulator import Emulator
from worker.outcome import Complete, Outcome
from worker.settings import Settings


async def outcome_of(task: Mapping[str, Any]) -> Outcome:
    """What the broker would hear of a job with *task* as its `azureOpenAI`."""
    settings = Settings()
    service = Azure(azure_options(settings), observe=lambda _: None)
    try:
        connector = connector_for(settings, {}, service=service, observe=lambda _: None)
        return await connector.run(a_job(task))
    finally:
        await service.close()


async def result_of(task: Mapping[str, Any]) -> Any:
    """The result variable, of a task that succeeds."""
    outcome = await outcome_of(task)

    assert isinstance(outcome, Complete), outcome
    return json.loads(outcome.variables)["result"]


def a_task_for(azure: Emulator, operation: str, deployment: str = "gpt-4.1-mini", **given: Any) -> dict[str, Any]:
    """A task on the emulator with *given* as its input."""
    return {
        "operation": operation,
        "connection": {"endpoint": azure.url, "authentication": {"type": "apiKey", "apiKey": azure.key}},
        "deployment": deployment,
        "input": given,
    }
