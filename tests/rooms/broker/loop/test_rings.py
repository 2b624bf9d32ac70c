"""What a job leaves behind."""

import gc

from tests.faults.scripted_gateway import ScriptedGateway, State
from tests.rooms.broker.loop.conftest import Start
from tests.rooms.broker.waiting import eventually
from worker.broker.loop.lease import Lease


async def test_no_job_waits_for_the_collector(scripted: ScriptedGateway, start: Start) -> None:
    """What is done is freed at once: a ring of references would keep its megabytes until the next full collection."""
    await start()
    gc.collect()
    others = _leases()  # of tests before, which something still holds
    gc.disable()
    try:
        for _ in range(50):
            scripted.add_job()
        await eventually(lambda: scripted.books[State.COMPLETED] == 50)
        await eventually(lambda: _leases() <= others)
    finally:
        gc.enable()


def _leases() -> int:
    return sum(isinstance(left, Lease) for left in gc.get_objects())
