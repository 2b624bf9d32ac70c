from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, incident_of
from tests.processes import a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator

_MB = 1_000_000


async def test_large_prompts_and_answers(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A prompt and an answer that the broker takes go through whole."""
    process = await deploy(zeebe, tmp_path, a_question(input={"content": "p" * (_MB // 3)}))
    azure.next(Answer.says("a" * (_MB // 3)))

    async with start_worker(WORKER_JOB_TYPES=process.name):
        result = (await process.run())["result"]

    assert len(result["output"]["text"]) == _MB // 3
    assert len(str(azure.books.last.body)) > _MB // 3


async def test_an_answer_that_no_message_holds(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """One incident says so and what to change; the call is paid for once and the job is not handed out again."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.says("a" * 5 * _MB))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        key = await process.start()
        line = await worker.says("job failed", process_instance=key)
        after = await process.run()

    assert (line["reason"], line["retries"]) == ("RESULT_TOO_LARGE", 0)
    assert "result expression" in line["message"]
    assert after["result"]["status"] == 200
    assert azure.books.billed_calls == 2


@pytest.mark.parametrize("answer_mb", [0.8, 1.3])
async def test_a_result_that_fits_in_a_message_and_not_in_the_broker(
    answer_mb: float, broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Zeebe 8.5 refuses results from two megabytes on: one incident says so, and the job is not handed out again."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.says("a" * round(answer_mb * _MB)))  # an answer stands in its result three times

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        key = await process.start()
        await worker.says("outcome refused by the broker", process_instance=key)
        incident = await incident_of(broker, key)
        after = await process.run()

    assert "RESULT_TOO_LARGE" in incident.text
    assert "result expression" in incident.text
    assert after["result"]["status"] == 200
    assert azure.books.billed_calls == 2
