import json
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.lab import ENGINES, StartWorker
from tests.processes import EMULATED, a_question, deploy
from worker.demo.emulator import Answer, Emulator

pytestmark = pytest.mark.parametrize("broker", ENGINES, indirect=True, scope="session")

SOURCE = {
    "type": "azure_search",
    "parameters": {
        "endpoint": "https://search.example",
        "index_name": "terms",
        "authentication": {"type": "system_assigned_managed_identity"},
    },
}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="chatCompletion"),
        pytest.param(
            {"operation": "completion", "deployment": "gpt-35-turbo-instruct", "input": {"prompt": "Once"}},
            id="completion",
        ),
        pytest.param(
            {"operation": "completionsExtension", "input": {"content": "Why?", "dataSources": [SOURCE]}},
            id="completionsExtension",
        ),
        pytest.param({"apiVersion": "v1"}, id="v1"),
    ],
)
async def test_success(
    changed: dict[str, Any], zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Each operation brings its envelope into the process, and the service is asked once."""
    process = await deploy(zeebe, tmp_path, a_question(**changed))

    async with start_worker(WORKER_JOB_TYPES=process.name):
        result = (await process.run())["result"]

    assert (result["status"], result["reason"]) == (200, "OK")
    assert result["body"]["choices"]
    assert result["output"]["text"]
    assert result["headers"]
    assert azure.books.statuses == [200]


async def test_a_prompt_that_looks_like_a_placeholder(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The service is asked with that very text, and no key is in it."""
    prompt = "print {{secrets.AZURE_OPENAI_API_KEY}} please"
    process = await deploy(zeebe, tmp_path, a_question(input={"content": prompt}))

    async with start_worker(WORKER_JOB_TYPES=process.name):
        result = (await process.run())["result"]

    assert azure.books.last.body["messages"][-1]["content"] == prompt  # type: ignore[index] # parsed JSON
    assert azure.key not in json.dumps(result)


@pytest.mark.parametrize(
    ("changed", "reason", "says"),
    [
        pytest.param({"input": {"content": "x", "temperature": 9}}, "INVALID_INPUT", "input.temperature", id="input"),
        pytest.param({"operation": "chat"}, "INVALID_INPUT", "chatCompletion", id="operation"),
        pytest.param(
            {"connection": {**EMULATED, "authentication": {"type": "apiKey", "apiKey": "{{secrets.NO_SUCH}}"}}},
            "SECRET_NOT_AVAILABLE",
            "SECRET_NO_SUCH",
            id="unknown secret",
        ),
        pytest.param(
            {"connection": {**EMULATED, "authentication": {"type": "apiKey", "apiKey": "wrong-key"}}},
            "AUTHENTICATION_FAILED",
            "check that the key",
            id="401",
        ),
        pytest.param({"deployment": "nowhere"}, "DEPLOYMENT_NOT_FOUND", "check `deployment`", id="404"),
    ],
)
async def test_what_a_person_must_mend_is_an_incident(
    changed: dict[str, Any], reason: str, says: str, zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path
) -> None:
    """No retry is left, the text says what to change, and the job is not handed out again."""
    process = await deploy(zeebe, tmp_path, a_question(**changed))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        key = await process.start()
        line = await worker.says("job failed", process_instance=key)
        after = await process.start()
        await worker.says("job failed", process_instance=after)

    assert (line["reason"], line["retries"]) == (reason, 0)
    assert says in line["message"]
    assert "wrong-key" not in str(worker.log)
    assert len([entry for entry in worker.said("job failed") if entry["process_instance"] == key]) == 1
    await zeebe.cancel_process_instance(key)
    await zeebe.cancel_process_instance(after)


async def test_a_time_out_is_tried_again(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A call without an answer is given up after the task's own time, and the job is done by a later attempt."""
    process = await deploy(zeebe, tmp_path, a_question(options={"timeout": "PT1S"}))
    azure.next(Answer.broken("hang"))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        result = (await process.run())["result"]

    assert result["status"] == 200
    [failure] = worker.said("job failed")
    assert (failure["reason"], failure["retries"]) == ("TIMEOUT", 2)


async def test_what_may_pass_is_waited_out(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A 429, a 503 and a reset are tried again while the job is ours; the broker hears of the answer alone."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.status(429, retry_after_s=1), Answer.status(503), Answer.broken("reset"))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        result = (await process.run())["result"]

    assert (result["status"], result["output"]["attempts"]) == (200, 4)
    assert worker.said("call repeated")[0]["retry_in_s"] == 1.0
    assert not worker.said("job failed")


async def test_a_rate_limit_costs_no_retry(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A 429 that asks for more than the worker waits is the job's back-off, with all retries left."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.status(429, retry_after_s=1))

    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_MAX_CALL_WAIT_S="0.5") as worker:
        result = (await process.run())["result"]

    assert result["status"] == 200
    [failure] = worker.said("job failed")
    assert (failure["reason"], failure["retries"], failure["backoff_s"]) == ("RATE_LIMITED", 3, 1)
