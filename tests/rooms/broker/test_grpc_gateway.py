import asyncio
import time

import pytest
from grpc import StatusCode

from tests.faults.scripted_gateway import Fault, ScriptedGateway, State
from tests.rooms.broker.waiting import eventually
from worker.broker import (
    GatewayBusy,
    GatewayOptions,
    GatewayUnavailable,
    GrpcGateway,
    JobGone,
    NotPermitted,
    OAuth,
    OAuthClient,
    Subscription,
    TooLarge,
)
from worker.broker.credentials import Token
from worker.job import Job

WANTED = Subscription(
    job_type="azure-openai", worker="w", lease_s=60, fetch_variables=("azureOpenAI",), tenant_ids=("t1", "t2")
)


async def _one(gateway: GrpcGateway) -> Job:
    (job,) = await gateway.activate(WANTED, max_jobs=1, wait_s=0)
    assert isinstance(job, Job)
    return job


async def test_jobs_are_polled(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A poll asks for what was wanted, in the protocol's units, and brings the jobs with their leases."""
    for _ in range(5):
        scripted.add_job()
    before_s = time.monotonic()

    jobs = await gateway.activate(WANTED, max_jobs=3, wait_s=0)

    request = scripted.calls["ActivateJobs"][0]
    assert (request.timeout, request.requestTimeout, request.maxJobsToActivate) == (60_000, -1, 3)
    assert (list(request.fetchVariable), list(request.tenantIds)) == (["azureOpenAI"], ["t1", "t2"])
    assert len(jobs) == 3
    assert all(isinstance(job, Job) and 0 <= job.deadline_s - before_s - 60 < 5 for job in jobs)


async def test_a_long_poll_waits_for_a_job(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """The gateway holds the question, and answers when there is a job."""
    polling = asyncio.create_task(gateway.activate(WANTED, max_jobs=1, wait_s=30))
    await eventually(lambda: scripted.calls["ActivateJobs"])

    scripted.add_job()

    assert len(await polling) == 1
    assert scripted.calls["ActivateJobs"][0].requestTimeout == 30_000


async def test_a_poll_without_jobs_is_empty(gateway: GrpcGateway) -> None:
    """Nothing is no error, whether the gateway waited or not."""
    assert await gateway.activate(WANTED, max_jobs=1, wait_s=0) == []
    assert await gateway.activate(WANTED, max_jobs=1, wait_s=0.05) == []


async def test_a_gateway_that_never_answers_is_given_up(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A poll ends a margin after the time that the gateway was told to wait."""
    scripted.fault("ActivateJobs", Fault(delay_s=None))

    with pytest.raises(GatewayUnavailable, match="no answer in time"):
        await gateway.activate(WANTED, max_jobs=1, wait_s=0)


async def test_jobs_of_a_poll_that_breaks_are_kept(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """What came before the break is leased to us, so it is not thrown away with the error."""
    scripted.add_job()
    scripted.fault("ActivateJobs", Fault(StatusCode.UNAVAILABLE, after=True))

    assert len(await gateway.activate(WANTED, max_jobs=2, wait_s=0)) == 1


async def test_commands_say_what_they_should(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """Each command carries its values to the broker, times in its units."""
    done, failed, thrown, kept = (scripted.add_job() for _ in range(4))
    await gateway.activate(WANTED, max_jobs=4, wait_s=0)

    await gateway.complete(done.key, variables=b'{"a":"\xc3\xbc"}')
    await gateway.fail(failed.key, retries=2, message="no", backoff_s=1.5, variables=b'{"b":1}')
    await gateway.throw(thrown.key, error_code="E", message="oh", variables=b'{"c":1}')
    await gateway.extend(kept.key, lease_s=90)

    assert (done.state, done.result) == (State.COMPLETED, b'{"a":"\xc3\xbc"}')
    assert (failed.state, failed.retries, failed.message, failed.backoff_s) == (State.WAITING, 2, "no", 1.5)
    assert (thrown.state, thrown.error_code, thrown.message) == (State.THROWN, "E", "oh")
    assert scripted.calls["UpdateJobTimeout"][0].timeout == 90_000


async def test_a_job_that_is_not_there_is_gone(gateway: GrpcGateway) -> None:
    """NOT_FOUND is told from errors that pass."""
    with pytest.raises(JobGone, match="no such job"):
        await gateway.complete(7, variables=b"{}")


async def test_a_command_has_a_deadline(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A gateway that takes a command and never answers does not hold it for ever."""
    scripted.add_job()
    job = await _one(gateway)
    scripted.fault("CompleteJob", Fault(delay_s=None))

    with pytest.raises(GatewayUnavailable, match="no answer in time"):
        await gateway.complete(job.key, variables=b"{}")


async def test_what_is_too_large_is_told_from_what_is_busy(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """Both are RESOURCE_EXHAUSTED, but only one of them passes."""
    scripted.add_job()
    job = await _one(gateway)
    scripted.fault("CompleteJob", Fault(StatusCode.RESOURCE_EXHAUSTED, "reached maximum capacity of requests handled"))

    with pytest.raises(GatewayBusy):
        await gateway.complete(job.key, variables=b"{}")
    with pytest.raises(TooLarge):
        await gateway.complete(job.key, variables=b'{"a":"' + b"x" * scripted.max_message_bytes + b'"}')


async def test_large_batches_come_through(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """A batch above grpc's own limit of 4 MB would be leased and lost, again and again."""
    for _ in range(4):
        scripted.add_job(variables={"text": "x" * 1_500_000})

    assert len(await gateway.activate(WANTED, max_jobs=4, wait_s=0)) == 4


async def test_commands_go_out_while_nobody_reads_the_stream(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """Jobs and commands have connections of their own."""
    stream = await gateway.stream(WANTED, max_age_s=60)
    await eventually(lambda: scripted.open_streams)
    for _ in range(500):
        scripted.add_job(variables={"text": "x" * 20_000})
        await asyncio.sleep(0)
    job = await stream.read(room=1)
    assert isinstance(job, Job)

    await gateway.complete(job.key, variables=b"{}")

    assert scripted.jobs[job.key].state is State.COMPLETED
    stream.close()


async def test_the_topology_is_told(gateway: GrpcGateway) -> None:
    """Health checks learn the gateway's version and who is behind it."""
    topology = await gateway.topology()

    assert (topology.gateway_version, topology.partitions, topology.brokers) == ("8.5.8", 1, ("127.0.0.1:26501",))


async def test_nobody_there_is_said_in_words() -> None:
    """An address at which nothing listens is an error at once, that says so."""
    gateway = GrpcGateway(GatewayOptions(address="127.0.0.1:1"))

    with pytest.raises(GatewayUnavailable, match="connection refused"):
        await gateway.topology()
    await gateway.close()


async def test_a_closed_gateway_says_so(scripted: ScriptedGateway) -> None:
    """A command after the end is an error of ours, not one of grpc's."""
    gateway = GrpcGateway(GatewayOptions(address=scripted.address))
    await gateway.close()

    with pytest.raises(GatewayUnavailable, match="closed"):
        await gateway.topology()


class Tokens:
    """Numbered tokens."""

    def __init__(self) -> None:
        self.handed_out = 0

    async def fetch(self, _client: OAuthClient) -> Token:
        self.handed_out += 1
        return Token(value=str(self.handed_out), lifetime_s=300)


async def test_a_token_that_was_withdrawn_is_renewed_unnoticed(scripted: ScriptedGateway) -> None:
    """A call that is refused once goes out again with a new token, also a poll."""
    tokens = Tokens()
    client = OAuthClient(token_url="http://127.0.0.1:1/", client_id="id", client_secret="secret")
    gateway = GrpcGateway(GatewayOptions(address=scripted.address), credentials=OAuth(client, fetch=tokens.fetch))
    scripted.authorizations = {"Bearer 2"}
    await gateway.topology()
    scripted.authorizations = {"Bearer 3"}

    assert await gateway.activate(WANTED, max_jobs=1, wait_s=0) == []
    assert tokens.handed_out == 3
    await gateway.close()


async def test_credentials_that_are_wrong_are_an_error(scripted: ScriptedGateway, gateway: GrpcGateway) -> None:
    """Without a way to get other credentials the refusal is told, after one call."""
    scripted.authorizations = {"Bearer x"}

    with pytest.raises(NotPermitted, match="not authenticated"):
        await gateway.topology()
    assert len(scripted.calls["Topology"]) == 1
