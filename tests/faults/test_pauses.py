"""What would let all jobs stand still at once."""

from tests.faults.scripted_gateway import ScriptedGateway, State
from tests.lab import WorkerProcess, eventually
from tests.pages import page
from tests.processes import a_question
from tests.prometheus import free_port
from worker.demo.emulator import Emulator

JOBS = 700  # some 65,000 objects: more than a collection waits for that reckons with no jobs


async def collections(port: int) -> list[str]:
    """How often each generation of objects has been searched for garbage by now."""
    _, text = await page(f"http://127.0.0.1:{port}/metrics")
    return [line for line in text.splitlines() if line.startswith("python_gc_collections_total{")]


async def test_jobs_in_flight_bring_no_collection_about(gateway: ScriptedGateway, azure: Emulator) -> None:
    """700 calls come under way and end: nobody searches for garbage, for which all of them would stand still."""
    port = free_port()
    azure.latency_s = 8.0
    settings = {
        "ZEEBE_ADDRESS": gateway.address,
        "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
        "SECRET_AZURE_OPENAI_API_KEY": azure.key,
        "WORKER_MAX_JOBS_IN_FLIGHT": str(JOBS),
        "WORKER_MANAGEMENT_PORT": str(port),
    }

    async with WorkerProcess(settings) as worker:
        await worker.says("ready")
        before = await collections(port)
        for _ in range(JOBS):
            gateway.add_job(variables={"azureOpenAI": a_question()})
        await eventually(lambda: azure.books.in_flight == JOBS, what=f"{JOBS} calls")
        await eventually(lambda: gateway.books[State.COMPLETED] == JOBS, what=f"all jobs, not {gateway.books}")
        after = await collections(port)

    assert 3 == len(before)
    assert before == after
