"""Sending to a collector that is not there, cannot be spoken to, or was never named."""

import asyncio
import sys
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, WorkerProcess, eventually
from tests.processes import a_question, deploy


async def test_a_collector_that_is_away(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """Jobs go on, the log says so once in a while without the collector's path, and the end is not held up."""
    process = await deploy(zeebe, tmp_path, a_question())
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1/s3cret", "OTEL_BSP_SCHEDULE_DELAY": "50"}

    async with start_worker(WORKER_JOB_TYPES=process.name, OTEL_EXPORTER_OTLP_TIMEOUT="1", **nowhere) as worker:
        await process.run()
        line = await worker.says("export failed")
        await process.run()
        worker.terminate()
        assert await worker.ends() == 0

    assert line["cause"].startswith("127.0.0.1:1: ")
    assert "s3cret" not in str(worker.log)
    assert not worker.noise


async def test_a_collector_that_hangs(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """However long an export may take, jobs and the worker's end do not wait for it."""
    process = await deploy(zeebe, tmp_path, a_question())
    taken: list[asyncio.StreamWriter] = []
    mute = await asyncio.start_server(lambda _, writer: taken.append(writer), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{mute.sockets[0].getsockname()[1]}"
    patient = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_EXPORTER_OTLP_TIMEOUT": "300"}

    async with start_worker(WORKER_JOB_TYPES=process.name, **patient) as worker:
        await process.run()
        await eventually(lambda: taken, what="spans on their way")
        await process.run()
        worker.terminate()
        assert await worker.ends() == 0  # waits for a minute at most, not for five

    mute.close()
    for writer in taken:
        writer.close()


async def test_nothing_of_it_is_loaded_where_nothing_is_sent() -> None:
    """A worker without a collector carries none of OpenTelemetry."""
    script = (
        "import sys, asyncio; from worker import app, settings; from worker.app import Stop\n"
        "found = settings.load({'ZEEBE_ADDRESS': '127.0.0.1:1'})\n"
        "stop = Stop(); stop.ask(); stop.ask()\n"
        "asyncio.run(app.run(found, {}, stop=stop, observe=lambda _: None))\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('opentelemetry', 'requests')])"
    )
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asked.communicate()

    assert b"[]" == said.strip()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf", id="another protocol"),
        pytest.param({"OTEL_TRACES_EXPORTER": "zipkin"}, "otlp", id="another exporter"),
        pytest.param({"OTEL_TRACES_SAMPLER": "jaeger_remote"}, "parentbased_traceidratio", id="another sampler"),
    ],
)
async def test_what_cannot_be_done_is_refused(given: dict[str, str], says: str) -> None:
    """A worker that would not send as it is told does not start, and says what it can do."""
    async with WorkerProcess({"ZEEBE_ADDRESS": "127.0.0.1:1", **given}) as worker:
        assert await worker.ends() == 2
    assert says in "".join(worker.noise)
