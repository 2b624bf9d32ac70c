"""Who gets the jobs where a quota is smaller than the load: other workers, other job types, other tenants."""

from collections import Counter

from tests.faults.scripted_gateway import ScriptedGateway, State
from tests.faults.whole_worker import working
from tests.lab import eventually
from tests.processes import a_question
from worker.demo.emulator import Emulator

_FIVE_A_SECOND = {"WORKER_REQUESTS_PER_MINUTE": "300"}


async def test_what_one_worker_cannot_do_is_left_to_another(azure: Emulator) -> None:
    """A worker holds hardly more jobs than its quota allows in a second; a second one takes of the rest at once."""
    async with ScriptedGateway() as gateway:
        for _ in range(40):
            gateway.add_job(variables={"azureOpenAI": a_question()})
        async with working(gateway, azure, **_FIVE_A_SECOND, WORKER_NAME="first"):
            await eventually(lambda: gateway.books[State.COMPLETED] >= 5, what="the first jobs")
            held = gateway.books[State.ACTIVATED]
            async with working(gateway, azure, **_FIVE_A_SECOND, WORKER_NAME="second"):
                await eventually(lambda: gateway.books[State.COMPLETED] == 40, what=f"all jobs, not {gateway.books}")

    asked = Counter(call.worker for call in gateway.calls["ActivateJobs"])
    assert held <= 8
    assert {"first", "second"} == set(asked)
    assert {1} == {job.activations for job in gateway.jobs}


async def test_job_types_take_turns(azure: Emulator) -> None:
    """A hundred jobs of one type do not hold up the few of another, although they came first."""
    async with ScriptedGateway() as gateway:
        many = [gateway.add_job("many", variables={"azureOpenAI": a_question()}) for _ in range(100)]
        async with working(gateway, azure, **_FIVE_A_SECOND, WORKER_JOB_TYPES="many, few"):
            await eventually(lambda: gateway.books[State.COMPLETED] >= 5, what="the first jobs")
            few = [gateway.add_job("few", variables={"azureOpenAI": a_question()}) for _ in range(5)]
            await eventually(lambda: all(job.state is State.COMPLETED for job in few), what="the few")
            before = sum(job.state is State.COMPLETED for job in many)
            for job in many:
                gateway.jobs.cancel(job.key)

    assert before <= 40
