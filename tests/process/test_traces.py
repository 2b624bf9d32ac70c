"""Traces and metrics by OTLP, as a collector receives them from a worker between a real broker and the emulator."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.collector import Collector, Received
from tests.lab import StartWorker, eventually
from tests.processes import a_question, deploy
from worker import prices
from worker.demo.emulator import Answer, Emulator

TRACE, ABOVE = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SEVERAL = {"operation": "multipleChatCompletions", "input": {"prompts": ["one", "two", "three", "four"]}}


def sent_to(collector: Collector, **more: str) -> dict[str, str]:
    """What makes a worker send at short intervals."""
    often = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_METRIC_EXPORT_INTERVAL": "200"}
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "WORKER_MANAGEMENT_PORT": "0", **often, **more}


def roots(spans: Sequence[Received], above: str = "") -> list[Received]:
    """The spans that begin a tree, or hang from the span *above*."""
    return [span for span in spans if span.parent_id == above]


def below(spans: Sequence[Received], job: Received) -> list[Received]:
    """The calls of *job*, in order."""
    return sorted((span for span in spans if span.parent_id == job.span_id), key=lambda span: span.began_ns)


async def test_one_tree_for_each_job(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A job and its calls, retries included, are one trace; the service was told each call's own place in it."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.status(429, retry_after_ms=20), Answer.status(503, retry_after_ms=20))

    async with Collector() as collector:
        async with start_worker(WORKER_JOB_TYPES=process.name, **sent_to(collector)) as worker:
            await asyncio.gather(*(process.run() for _ in range(10)))
            await eventually(lambda: len(collector.spans) >= 22, what="ten jobs and twelve calls")
            lines = [await worker.says("job completed")] and worker.said("job completed")
        spans, jobs = collector.spans, roots(collector.spans)

    assert (22, 10) == (len(spans), len(jobs))
    assert len({job.trace_id for job in jobs}) == 10
    assert {(line["trace_id"], line["span_id"]) for line in lines} == {(job.trace_id, job.span_id) for job in jobs}
    for job in jobs:
        calls = below(spans, job)
        assert calls
        assert {call.trace_id for call in calls} == {job.trace_id}
        assert all(job.began_ns <= call.began_ns <= call.ended_ns <= job.ended_ns + 5_000_000 for call in calls)
    told = {entry.headers["traceparent"] for entry in azure.books.entries}
    assert told == {f"00-{call.trace_id}-{call.span_id}-01" for call in spans if call.is_client}
    assert {"azure-openai-worker"} == {span.service for span in spans}


async def test_what_spans_say(zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path) -> None:
    """Who asked, what was asked of whom, what it took; a refused call is an error; no content and no key is told."""
    task = a_question(input={"content": "What is two and two?", "temperature": 0.5, "maxTokens": 50})
    process = await deploy(zeebe, tmp_path, task)
    azure.next(Answer.status(503, retry_after_ms=20), Answer.says("Four, my dear."))

    async with Collector() as collector:
        async with start_worker(WORKER_JOB_TYPES=process.name, **sent_to(collector)):
            key = await process.start()
            await eventually(lambda: len(collector.spans) >= 3, what="a job and two calls")
        [job] = roots(collector.spans)
        refused, answered = below(collector.spans, job)

    said, tokens = job.attributes, azure.books.tokens["gpt-4.1-mini"]
    assert said["zeebe.process_instance_key"] == key
    assert said["azure_openai_worker.outcome"] == "completed"
    assert (said["gen_ai.operation.name"], said["gen_ai.provider.name"]) == ("chat", "azure.ai.openai")
    assert said["gen_ai.usage.input_tokens"] == tokens.prompt
    assert said["azure_openai_worker.cost_usd"] == pytest.approx(
        prices.cost_usd(said["gen_ai.response.model"], input_tokens=tokens.prompt, output_tokens=tokens.completion)
    )
    assert (refused.is_error, refused.attributes["error.type"]) == (True, "503")
    assert (answered.name, answered.is_error) == ("chat gpt-4.1-mini", False)
    assert {
        "gen_ai.request.model": "gpt-4.1-mini",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 50,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.output_tokens": tokens.completion,
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
        "server.address": "127.0.0.1",
    }.items() <= answered.attributes.items()
    everything = str(collector.spans)
    assert "two and two" not in everything
    assert "my dear" not in everything
    assert azure.key not in everything


@pytest.mark.parametrize(
    ("flag", "settings", "kept"),
    [
        pytest.param("01", {}, 1, id="as the process says"),
        pytest.param("00", {}, 0, id="the process's trace is not kept"),
        pytest.param("00", {"OTEL_TRACES_SAMPLER": "always_on"}, 1, id="whatever the process says"),
        pytest.param("01", {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}, 0, id="none"),
    ],
)
async def test_in_the_trace_of_the_process(
    flag: str,
    settings: Mapping[str, str],
    kept: int,
    zeebe: ZeebeClient,
    azure: Emulator,
    start_worker: StartWorker,
    tmp_path: Path,
) -> None:
    """The tree hangs from the span that the process names, whose flag says whether it is kept."""
    task = a_question(options={"traceparent": f"00-{TRACE}-{ABOVE}-{flag}"})
    process = await deploy(zeebe, tmp_path, task)

    async with Collector() as collector:
        async with start_worker(WORKER_JOB_TYPES=process.name, **sent_to(collector, **settings)) as worker:
            await process.run()
            worker.terminate()  # what is left is sent at the end
            assert await worker.ends() == 0
        spans = collector.spans

    assert azure.books.last.headers["traceparent"].startswith(f"00-{TRACE}-")
    assert azure.books.last.headers["traceparent"].endswith("-01" if kept else "-00")
    jobs = roots(spans, ABOVE)
    assert kept == len(jobs)
    assert {TRACE} >= {span.trace_id for span in spans}
    assert [1] * len(jobs) == [len(below(spans, job)) for job in jobs]


async def test_many_calls_of_one_job(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Several chats of one task are one tree; their tokens add up to the job's and to those of the books."""
    process = await deploy(zeebe, tmp_path, a_question(**SEVERAL))

    async with Collector() as collector:
        async with start_worker(WORKER_JOB_TYPES=process.name, **sent_to(collector)) as worker:
            await process.run()
            worker.terminate()
            await worker.ends()
        [job] = roots(collector.spans)
        calls = below(collector.spans, job)

    assert len(calls) == azure.books.calls == 4
    for name in ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"):
        assert job.attributes[name] == sum(call.attributes[name] for call in calls)
    assert job.attributes["gen_ai.usage.input_tokens"] == azure.books.tokens["gpt-4.1-mini"].prompt


async def test_the_same_numbers_by_otlp(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Jobs, calls, tokens and histograms reach the collector as the books have them, with the operator's headers."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.status(503, retry_after_ms=20))
    headers = {"OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=acme", "OTEL_TRACES_EXPORTER": "none"}

    async with Collector() as collector:
        async with start_worker(WORKER_JOB_TYPES=process.name, **sent_to(collector, **headers)) as worker:
            await asyncio.gather(*(process.run() for _ in range(5)))
            worker.terminate()
            await worker.ends()
        seen: dict[str, Any] = {
            "jobs": collector.sum_of("azure_openai_worker.jobs", outcome="completed"),
            "calls": collector.sum_of("azure_openai_worker.calls"),
            "input": collector.sum_of("azure_openai_worker.tokens", type="input"),
            "tokens": collector.sum_of("gen_ai.client.token.usage"),
            "operations": collector.count_of("gen_ai.client.operation.duration"),
            "reports": collector.count_of("azure_openai_worker.job.time_to_report"),
        }

    used = azure.books.tokens["gpt-4.1-mini"]
    assert seen == {
        "jobs": 5, "calls": 6, "input": used.prompt, "tokens": used.total, "operations": 5, "reports": 5,
    }  # fmt: skip
    assert collector.headers["x-tenant"] == "acme"
    assert not collector.spans
