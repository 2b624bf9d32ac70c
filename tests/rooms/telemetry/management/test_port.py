import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.made import a_job
from worker.events import DrainStarted, JobFinished
from worker.outcome import Complete
from worker.telemetry.management.health import Health, Vitals
from worker.telemetry.management.port import Management
from worker.telemetry.metrics import Metrics


@pytest.fixture
def health() -> Health:
    health = Health(version="1<2", permits=7)
    health.watch(Vitals(in_flight=lambda: 0, is_connected=lambda: True))
    return health


@pytest.fixture
async def management(health: Health) -> AsyncIterator[Management]:
    management = Management(health, Metrics(version="1", permits=7), host="127.0.0.1", port=0)
    await management.open()
    yield management
    await management.close()


async def asked(management: Management, request: bytes) -> tuple[str, str]:
    """What comes back until the connection is closed: the head and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", management.port)
    writer.write(request)
    said = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = said.partition("\r\n\r\n")
    return head, body


def get(path: str, accept: str = "*/*") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/health/live"), 200),
        (get("/health/ready?verbose=1"), 200),
        (get("/metrics").replace(b"GET", b"HEAD"), 200),
        (get("/status"), 200),
        (get("/"), 404),
        (get("/status").replace(b"GET", b"POST"), 405),
    ],
)
@pytest.mark.may_block(reason="the process's memory is read from /proc")
async def test_answers(management: Management, request_: bytes, status: int) -> None:
    """Each page is there for whoever may read it, and nothing can be written."""
    head, _ = await asked(management, request_)

    assert head.startswith(f"HTTP/1.1 {status} ")


async def test_ready_follows_the_worker(management: Management, health: Health) -> None:
    """While it drains, the answer is 503 and says why."""
    health(DrainStarted(in_flight=0, grace_s=1))
    head, body = await asked(management, get("/health/ready"))

    assert head.startswith("HTTP/1.1 503 ")
    assert json.loads(body) == {"status": "DOWN", "reason": "draining"}


async def test_status_for_programs_and_for_people(management: Management, health: Health) -> None:
    """The same values as JSON, or as a page for a browser, in which nothing is markup that should not be."""
    health(JobFinished(job=a_job(), operation="o", outcome=Complete(), reason=None, duration_s=1))
    _, as_json = await asked(management, get("/status"))
    _, as_page = await asked(management, get("/status", accept="text/html"))

    assert json.loads(as_json)["jobs"]["complete"] == 1
    assert "1&lt;2" in as_page
    assert "1<2" not in as_page


@pytest.mark.parametrize("nonsense", [b"\r\n", b"GET /\r\n\r\n", b"a: b\r\n" * 300, b"x" * 70_000 + b"\n"])
async def test_nonsense_is_hung_up_on(management: Management, nonsense: bytes) -> None:
    """What is no request gets no answer, and the next one is served."""
    reader, writer = await asyncio.open_connection("127.0.0.1", management.port)
    writer.write(nonsense)
    try:
        said = await reader.read()
    except ConnectionError:
        said = b""
    writer.close()

    assert said == b""
    assert (await asked(management, get("/health/live")))[0].startswith("HTTP/1.1 200 ")
