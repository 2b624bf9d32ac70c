import asyncio
from pathlib import Path

from pyzeebe import ZeebeClient

from tests.lab import StartWorker, eventually, incident_of, resolve
from tests.processes import a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator


async def test_an_incident_names_the_field(
    broker: Broker, zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path
) -> None:
    """What the broker keeps for Operate is the text that says what to change."""
    process = await deploy(zeebe, tmp_path, a_question(input={"content": "x", "temperature": 9}))

    async with start_worker(WORKER_JOB_TYPES=process.name):
        key = await process.start()
        incident = await incident_of(broker, key)

    assert "INVALID_INPUT: input.temperature: got 9, wanted at most 2" in incident.text


async def test_a_broken_expression_does_not_lose_what_was_paid_for(
    broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """When the incident is resolved, the expression meets the answer that is already there; nothing is billed again."""
    process = await deploy(zeebe, tmp_path, a_question(), headers={"resultExpression": "={answer: }"})

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        incident = await incident_of(broker, await process.start())
        await asyncio.to_thread(resolve, broker, incident)
        await eventually(lambda: len(worker.said("job failed")) > 1, what="the second attempt")

    assert "the expression is: ={answer: }" in incident.text
    assert worker.said("answer reused")
    assert azure.books.billed_calls == 1


async def test_a_result_that_the_broker_refuses_names_its_biggest_part(
    broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The broker's own limit lies below its message size; what it refuses is an incident, billed once."""
    azure.next(Answer.says("x" * 3_000_000))
    headers = {"resultVariable": "", "resultExpression": "={answer: output.text, model: output.model}"}
    process = await deploy(zeebe, tmp_path, a_question(), headers=headers)

    async with start_worker(WORKER_JOB_TYPES=process.name):
        incident = await incident_of(broker, await process.start())

    assert "RESULT_TOO_LARGE" in incident.text
    assert "the biggest is 'answer' with 3000002" in incident.text
    assert azure.books.billed_calls == 1
