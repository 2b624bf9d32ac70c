from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import ENGINES, StartWorker
from tests.processes import a_question, deploy
from worker.demo.emulator import Answer, Emulator

pytestmark = pytest.mark.parametrize("broker", ENGINES, indirect=True, scope="session")


async def test_a_result_expression(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Only what the author picked is in the process, with the author's own variables at hand."""
    azure.next(Answer.says("Four."))
    headers = {"resultVariable": "", "resultExpression": "={answer: output.text, order: variables.orderId}"}
    process = await deploy(zeebe, tmp_path, a_question(variables={"orderId": 7}), headers=headers)

    async with start_worker(WORKER_JOB_TYPES=process.name):
        variables = await process.run()

    assert {name: variables.get(name) for name in ("answer", "order", "result")} == {
        "answer": "Four.",
        "order": 7,
        "result": None,
    }
    assert "orderId" not in str(azure.books.last.body)


async def test_bpmn_error(zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path) -> None:
    """A boundary event catches the error, and its variables are in the process."""
    azure.next(Answer.filtered_prompt())
    expression = (
        '=if error.reason = "CONTENT_FILTERED" then bpmnError("blocked", error.message, {why: error.code}) else null'
    )
    process = await deploy(zeebe, tmp_path, a_question(), headers={"errorExpression": expression}, catches="blocked")

    async with start_worker(WORKER_JOB_TYPES=process.name):
        variables = await process.run()

    assert variables["why"] == "400"


async def test_bpmn_error_on_success(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """An answer that is not good enough takes the other way as well."""
    expression = '=if response.output.finishReason = "stop" then bpmnError("poor", "m", {why: output.text}) else null'
    process = await deploy(zeebe, tmp_path, a_question(), headers={"errorExpression": expression}, catches="poor")

    async with start_worker(WORKER_JOB_TYPES=process.name):
        variables = await process.run()

    assert variables["why"]


async def test_job_error(zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path) -> None:
    """The job is failed with the retries and the back-off that were asked for, and then tried again."""
    azure.next(Answer.status(401))
    expression = '=if error != null then jobError("again", {tried: true}, job.retries + 1, @"PT1S") else null'
    process = await deploy(zeebe, tmp_path, a_question(), headers={"errorExpression": expression})

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        variables = await process.run()

    assert variables["result"]["status"] == 200
    [failure] = worker.said("job failed")
    assert (failure["message"], failure["retries"], failure["backoff_s"]) == ("again", 4, 1)
    first, second = azure.books.entries
    assert second.arrived_s - first.arrived_s >= 1


async def test_ignore_error(zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path) -> None:
    """The job completes with just the variables that were given."""
    azure.next(Answer.status(401))
    process = await deploy(
        zeebe, tmp_path, a_question(), headers={"errorExpression": "=ignoreError({answer: error.reason})"}
    )

    async with start_worker(WORKER_JOB_TYPES=process.name):
        variables = await process.run()

    assert variables["answer"] == "AUTHENTICATION_FAILED"
    assert "result" not in variables


async def test_a_broken_expression(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """An incident at once, that quotes the expression and the place."""
    process = await deploy(zeebe, tmp_path, a_question(), headers={"resultExpression": "={answer: }"})

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        key = await process.start()
        line = await worker.says("job failed", process_instance=key)

    assert (line["reason"], line["retries"]) == ("INVALID_EXPRESSION", 0)
    assert "{answer: }" in line["message"]
    assert "line 1, column 10" in line["message"]
    await zeebe.cancel_process_instance(key)
