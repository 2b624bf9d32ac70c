from pathlib import Path

from pyzeebe import ZeebeClient

from tests.lab import StartWorker, incident_of
from tests.processes import a_question, deploy
from worker.demo.broker import Broker


async def test_an_incident_names_the_field(
    broker: Broker, zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path
) -> None:
    """What the broker keeps for Operate is the text that says what to change."""
    process = await deploy(zeebe, tmp_path, a_question(input={"content": "x", "temperature": 9}))

    async with start_worker(WORKER_JOB_TYPES=process.name):
        key = await process.start()
        text = await incident_of(broker, key)

    assert "INVALID_INPUT: input.temperature: got 9, wanted less than or equal to 2" in text
