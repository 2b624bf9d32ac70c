import json
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import ENGINES, StartWorker
from tests.processes import a_question, deploy
from worker.demo.emulator import Answer, Emulator

pytestmark = pytest.mark.parametrize("broker", ENGINES, indirect=True, scope="session")

POOL = """
[connections.pool]
limits = {{ maxCallsInFlight = 5, requestsPerMinute = 6000 }}

[[connections.pool.endpoints]]
endpoint = "{reserved}"
deployment = "gpt-4.1-mini"
authentication = {{ type = "apiKey", apiKey = "{{{{secrets.RESERVED}}}}" }}

[[connections.pool.endpoints]]
endpoint = "{{{{secrets.AZURE_OPENAI_ENDPOINT}}}}"
deployment = "gpt-4o"
priority = 2
authentication = {{ type = "apiKey", apiKey = "{{{{secrets.AZURE_OPENAI_API_KEY}}}}" }}
"""


async def test_a_process_goes_on_at_the_next_endpoint(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The task says a name alone; each instance is paid for once, and what was used stands in its result."""
    question = a_question(connection={"name": "pool"}, deployment=None)
    process = await deploy(zeebe, tmp_path, question)

    async with Emulator(keys=("reserved-key",)) as reserved:
        reserved.next(Answer.status(429, retry_after_s=60))
        own = {"WORKER_CONFIG": POOL.format(reserved=reserved.url), "SECRET_RESERVED": reserved.key}
        async with start_worker(WORKER_JOB_TYPES=process.name, **own) as worker:
            results = [(await process.run())["result"] for _ in range(3)]

    assert [("gpt-4o", 2), ("gpt-4o", 1), ("gpt-4o", 1)] == [
        (result["output"]["deployment"], result["output"]["attempts"]) for result in results
    ]
    assert (0, 3) == (reserved.books.billed_calls, azure.books.billed_calls)
    [turned] = worker.said("breaker turned")
    assert ("pool", "open", "429") == (turned["connection"], turned["state"], turned["cause"])
    assert ["gpt-4o"] == [line["to_deployment"] for line in worker.said("call failed over")]
    assert not worker.said("job failed")
    assert "reserved-key" not in json.dumps([results, worker.log])


async def test_a_process_of_no_endpoint_that_works(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Where all are limited for longer than is waited, the job comes again then, with all its retries left."""
    process = await deploy(zeebe, tmp_path, a_question(connection={"name": "pool"}, deployment=None))

    async with Emulator(keys=("reserved-key",)) as reserved:
        reserved.next(Answer.status(429, retry_after_s=60))
        azure.next(Answer.status(429, retry_after_s=1))
        own = {"WORKER_CONFIG": POOL.format(reserved=reserved.url), "SECRET_RESERVED": reserved.key}
        async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_MAX_CALL_WAIT_S="0.5", **own) as worker:
            result = (await process.run())["result"]

    assert 200 == result["status"]
    failures = worker.said("job failed")
    assert {(failure["retries"], failure["backoff_s"]) for failure in failures} <= {(3, 1), (3, 1.0)}
    assert "RATE_LIMITED" == failures[0]["reason"]
    assert (0, 1) == (reserved.books.billed_calls, azure.books.billed_calls)
