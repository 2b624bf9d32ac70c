"""The dashboard's queries, each asked of a real Prometheus that scrapes a worker at work."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.deploy.rendering import CHART
from tests.lab import StartWorker, eventually, until
from tests.processes import a_question, deploy
from tests.prometheus import NEEDS_PROMETHEUS, Prometheus, free_port
from worker.demo.emulator import Answer, Deployment, Emulator

DASHBOARD: dict[str, Any] = json.loads((CHART / "files/dashboard.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
CHOSEN = {"$__rate_interval": "10s", "$namespace": ".*", "$deployment": ".*"}


def asked(query: str) -> str:
    """The query with what Grafana puts in for the variables."""
    return re.sub("|".join(map(re.escape, CHOSEN)), lambda name: CHOSEN[name[0]], query)


def test_panels_explain_themselves() -> None:
    """Each panel has a title of its own, and none lies over another."""
    titles = [panel["title"] for panel in PANELS]
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(titles) == len(set(titles))
    assert len(cells) == len(set(cells))


@NEEDS_PROMETHEUS
async def test_every_query_finds_something(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """No panel is empty: each query names metrics and labels that a worker has once it has met success and trouble."""
    process = await deploy(zeebe, tmp_path, a_question())
    broken = await deploy(zeebe, tmp_path, a_question(deployment="no-such-deployment"))
    unpriced = await deploy(zeebe, tmp_path, a_question(deployment="our-own"))
    azure.deployments = {**azure.deployments, "our-own": Deployment(model="our-own-1")}
    azure.next(Answer.status(429, retry_after_ms=20), Answer.status(503, retry_after_ms=20))
    port = free_port()
    types = ",".join(one.name for one in (process, broken, unpriced))

    async with (
        start_worker(WORKER_JOB_TYPES=types, WORKER_MANAGEMENT_PORT=str(port)),
        Prometheus(port, tmp_path) as prometheus,
    ):
        await until(lambda: prometheus.value("azure_openai_worker_broker_connected"), 1, what="the worker")
        await broken.start()
        await asyncio.gather(*(process.run() for _ in range(10)), unpriced.run())
        await until(lambda: prometheus.value("sum(azure_openai_worker_jobs_total)"), 12, what="all jobs")
        empty = [title for title, query in QUERIES if not await _finds(prometheus, asked(query))]

    assert [] == empty


async def _finds(prometheus: Prometheus, query: str) -> bool:
    """Whether there is a number, now or when Prometheus has scraped twice."""
    try:
        await eventually(lambda: prometheus.results(query), what=query, within_s=5)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("variable", DASHBOARD["templating"]["list"], ids=lambda one: str(one["name"]))
def test_variables_are_used(variable: dict[str, Any]) -> None:
    """What can be chosen at the top changes a panel."""
    panels = json.dumps(DASHBOARD["panels"])

    assert f"${variable['name']}" in panels or f"${{{variable['name']}}}" in panels
