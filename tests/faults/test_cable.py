import asyncio
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.faults.loose_cable import LooseCable
from tests.lab import StartWorker, eventually
from tests.processes import a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator


@pytest.mark.parametrize("fault", ["hold", "cut"])
async def test_the_network_to_the_broker_fails(
    fault: str, broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """While a call runs the cable goes dead for seconds: the answer still arrives, and is paid for once."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.says("Four.").later(1.0))

    async with (
        LooseCable(broker.address) as cable,
        start_worker(WORKER_JOB_TYPES=process.name, ZEEBE_ADDRESS=cable.address) as worker,
    ):
        ended = asyncio.create_task(process.run())
        await eventually(lambda: azure.books.in_flight, what="the call to arrive")
        pull, notices = {"hold": (cable.hold, "job completed"), "cut": (cable.cut, "broker unreachable")}[fault]
        pull()
        await worker.says("job completed")
        await worker.says(notices)
        cable.mend()
        result = (await ended)["result"]
        again = (await process.run())["result"]

    assert (result["output"]["text"], again["status"]) == ("Four.", 200)
    assert azure.books.billed_calls == 2
