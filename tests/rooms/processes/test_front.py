from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import pytest

from tests.pages import page
from worker.processes.front import Front, merged
from worker.telemetry import JSON, METRICS, Page, Pages

_ONE = """# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{outcome="completed"} 3
# TYPE took_seconds histogram
took_seconds_bucket{le="+Inf"} 3
took_seconds_sum 1.5
took_seconds_count 3
"""
_TWO = """# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{outcome="completed"} 4
"""


def test_merged_pages() -> None:
    """Each family is described once, with the samples of all behind it; a label says whose they are."""
    assert """# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{process="1",outcome="completed"} 3
jobs_total{process="2",outcome="completed"} 4
# TYPE took_seconds histogram
took_seconds_bucket{process="1",le="+Inf"} 3
took_seconds_sum{process="1"} 1.5
took_seconds_count{process="1"} 3
""" == merged({1: _ONE, 2: _TWO})


@dataclass
class Process:
    """A process that is nothing but its pages."""

    number: int
    port: int
    starts: int = 1
    pid: int | None = 7


async def _says(status: HTTPStatus, text: str, kind: str = JSON) -> Page:
    return Page(status, kind, text)


@pytest.fixture
async def front() -> AsyncIterator[str]:
    """Two processes, of which the second drains, behind one port."""
    well = Pages(
        {
            "/health/live": lambda _: _says(HTTPStatus.OK, "{}"),
            "/health/ready": lambda _: _says(HTTPStatus.OK, "{}"),
            "/metrics": lambda _: _says(HTTPStatus.OK, _ONE, METRICS),
            "/status": lambda _: _says(HTTPStatus.OK, '{"ready": true}'),
        },
        host="127.0.0.1",
        port=0,
    )
    leaving = Pages(
        {
            "/health/live": lambda _: _says(HTTPStatus.OK, "{}"),
            "/health/ready": lambda _: _says(HTTPStatus.SERVICE_UNAVAILABLE, '{"reason": "draining"}'),
        },
        host="127.0.0.1",
        port=0,
    )
    await well.open()
    await leaving.open()
    whole = Front([Process(1, well.port), Process(2, leaving.port)], host="127.0.0.1", port=0)
    await whole.open()
    yield f"http://127.0.0.1:{whole.port}"
    for server in (whole, well, leaving):
        await server.close()


async def test_health_is_that_of_all(front: str) -> None:
    """Live as long as all live; not ready while one is not, and it says which and why."""
    assert (200, '{"status": "UP"}') == await page(f"{front}/health/live")
    status, text = await page(f"{front}/health/ready")

    assert 503 == status
    assert "process 2: draining" in text


async def test_what_one_cannot_tell_is_left_out(front: str) -> None:
    """Metrics and status of those that answer are shown, and the process of one that does not."""
    _, metrics = await page(f"{front}/metrics")
    _, status = await page(f"{front}/status")

    assert 'jobs_total{process="1",outcome="completed"} 3' in metrics
    assert 'process="2"' not in metrics
    assert '"ready": true' in status
    assert '"2"' in status
