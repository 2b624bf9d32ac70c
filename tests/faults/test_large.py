from pathlib import Path

from pyzeebe import ZeebeClient

from tests.lab import StartWorker
from tests.processes import a_question, deploy
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
