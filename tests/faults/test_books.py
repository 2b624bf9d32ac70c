from collections.abc import Callable
from dataclasses import dataclass

import pytest
from grpc import StatusCode

from tests.faults.loose_cable import LooseCable
from tests.faults.scripted_faults import Fault
from tests.faults.scripted_gateway import ScriptedGateway, State
from tests.faults.whole_worker import working
from tests.lab import eventually
from tests.processes import a_question
from worker.demo.emulator import Answer, Emulator, Rule

_JOBS = 60
_ENDS = (State.COMPLETED, State.INCIDENT, State.THROWN)


def commands(gateway: ScriptedGateway, fault: Fault, *names: str, times: int) -> None:
    for name in names:
        gateway.fault(name, fault, times=times)


def calls(azure: Emulator, *answers: Answer, times: int) -> None:
    azure.script(*(Rule(answer=answer, times=times) for answer in answers))


@dataclass(frozen=True)
class Scenario:
    """What goes wrong, and how many calls may be billed more than once for it."""

    name: str
    happens: Callable[[ScriptedGateway, Emulator], None]
    billed_twice: int = 0


def _slow_calls_without_renewals(gateway: ScriptedGateway, azure: Emulator) -> None:
    """Calls outlive their leases, the first renewals fail, later ones come in time."""
    azure.latency_s = 6.0
    commands(gateway, _UNAVAILABLE, "UpdateJobTimeout", times=_JOBS)


_UNAVAILABLE, _BUSY = Fault(StatusCode.UNAVAILABLE), Fault(StatusCode.RESOURCE_EXHAUSTED)
_HEARD = Fault(StatusCode.UNAVAILABLE, after=True)
SCENARIOS = (
    Scenario("all is well", lambda _gateway, _azure: None),
    Scenario("reports meet back-pressure", lambda g, _: commands(g, _BUSY, "CompleteJob", times=40)),
    Scenario("reports are heard and not answered", lambda g, _: commands(g, _HEARD, "CompleteJob", times=30)),
    Scenario(
        "the gateway comes and goes", lambda g, _: commands(g, _UNAVAILABLE, "ActivateJobs", "CompleteJob", times=9)
    ),
    Scenario(
        "the broker is busy, whatever is asked of it",
        lambda g, _: commands(
            g, _BUSY, "ActivateJobs", "StreamActivatedJobs", "CompleteJob", "UpdateJobTimeout", "Topology", times=5
        ),
    ),
    Scenario("no lease can be renewed for a while", _slow_calls_without_renewals),
    Scenario("a report is never answered", lambda g, _: commands(g, Fault(delay_s=1.0), "CompleteJob", times=5)),
    Scenario("streams are refused", lambda g, _: commands(g, _UNAVAILABLE, "StreamActivatedJobs", times=3)),
    Scenario("a burst of rate limits", lambda _, a: calls(a, Answer.status(429, retry_after_ms=100), times=40)),
    Scenario("a gateway of the service is down", lambda _, a: calls(a, Answer.html(502), times=30)),
    Scenario("connections are reset", lambda _, a: calls(a, Answer.broken("reset"), times=20)),
    Scenario("answers are lost", lambda _, a: calls(a, Answer.broken("lost"), times=4), billed_twice=4),
    Scenario("answers are cut off", lambda _, a: calls(a, Answer.broken("truncated"), times=4), billed_twice=4),
)


@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=scenario.name) for scenario in SCENARIOS])
async def test_the_books_are_balanced(scenario: Scenario, azure: Emulator) -> None:
    """Every job comes to an end exactly once, and nothing is billed twice that need not be."""
    async with ScriptedGateway() as gateway:
        scenario.happens(gateway, azure)
        task = {"azureOpenAI": a_question()}
        jobs = [gateway.add_job(variables=task, headers={"retryBackoff": "PT0.1S"}) for _ in range(_JOBS)]
        async with working(gateway, azure):
            await eventually(
                lambda: sum(gateway.books[state] for state in _ENDS) == _JOBS, what=f"all jobs, not {gateway.books}"
            )

    assert {State.COMPLETED: _JOBS} == dict(gateway.books)
    assert {1} == {job.history.count("completed") for job in jobs}
    assert _JOBS <= azure.books.billed_calls <= _JOBS + scenario.billed_twice


async def test_a_drain_in_the_middle(azure: Emulator) -> None:
    """What is handed back is done by the next worker; in the end every job is completed once."""
    azure.latency_s = 0.3
    async with ScriptedGateway() as gateway:
        jobs = [gateway.add_job(variables={"azureOpenAI": a_question()}) for _ in range(_JOBS)]
        async with working(gateway, azure):
            await eventually(lambda: azure.books.in_flight, what="calls to arrive")
        async with working(gateway, azure):
            await eventually(lambda: gateway.books[State.COMPLETED] == _JOBS, what=f"all jobs, not {gateway.books}")

    assert {1} == {job.history.count("completed") for job in jobs}
    assert azure.books.billed_calls == _JOBS


async def test_a_gateway_that_half_closes(azure: Emulator) -> None:
    """Connections on which nothing comes any more are given up at once, in the middle of calls."""
    azure.latency_s = 0.5
    async with ScriptedGateway() as gateway, LooseCable(gateway.address) as cable:
        jobs = [gateway.add_job(variables={"azureOpenAI": a_question()}) for _ in range(_JOBS)]
        async with working(gateway, azure, address=cable.address):
            await eventually(lambda: azure.books.in_flight, what="calls to arrive")
            cable.half_close()
            await eventually(lambda: azure.books.calls >= _JOBS // 2, what="more calls to arrive")
            cable.half_close()
            await eventually(lambda: gateway.books[State.COMPLETED] == _JOBS, what=f"all jobs, not {gateway.books}")

    assert {1} == {job.history.count("completed") for job in jobs}
    assert azure.books.billed_calls == _JOBS


async def test_a_gateway_that_restarts(azure: Emulator) -> None:
    """Jobs that were at work when it went are reported when it is back, without a second call."""
    azure.latency_s = 0.5
    async with ScriptedGateway() as gateway:
        jobs = [gateway.add_job(variables={"azureOpenAI": a_question()}) for _ in range(_JOBS)]
        async with working(gateway, azure):
            await eventually(lambda: azure.books.in_flight, what="calls to arrive")
            await gateway.stop()
            await eventually(lambda: azure.books.billed_calls, what="answers to arrive")
            await gateway.start()
            await eventually(lambda: gateway.books[State.COMPLETED] == _JOBS, what=f"all jobs, not {gateway.books}")

    assert {1} == {job.history.count("completed") for job in jobs}
    assert azure.books.billed_calls == _JOBS
