"""
The forty lines that pyzeebe's and httpx's READMEs add up to: `python -m benchmarks.clients.naive`.

More generous than those in two points, both in its favour: the pool is as large as the number of jobs in flight, and
a poller that is full looks again after 0.1 s, not 5 s.
"""

import argparse
import asyncio
from typing import Any

import httpx
from pyzeebe import ZeebeWorker, create_insecure_channel

__all__: list[str] = []

_LOOKS_AGAIN_S: Any = 0.1  # declared as a whole number of seconds, used as any


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gateway")
    parser.add_argument("in_flight", type=int)
    parser.add_argument("job_type")
    given = parser.parse_args()
    limits = httpx.Limits(max_connections=given.in_flight, max_keepalive_connections=given.in_flight)
    client = httpx.AsyncClient(timeout=120, limits=limits)

    async def chat(azureOpenAI: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - the process variable's name
        connection = azureOpenAI["connection"]
        response = await client.post(
            f"{connection['endpoint']}/openai/deployments/{azureOpenAI['deployment']}/chat/completions",
            params={"api-version": "2024-10-21"},
            headers={"api-key": connection["authentication"]["apiKey"]},
            json={"messages": azureOpenAI["input"]["messages"]},
        )
        response.raise_for_status()
        return {"result": response.json()}

    worker: Any = ZeebeWorker(create_insecure_channel(given.gateway), poll_retry_delay=_LOOKS_AGAIN_S)
    worker.task(
        task_type=given.job_type,
        timeout_ms=60_000,
        max_jobs_to_activate=min(32, given.in_flight),
        max_running_jobs=given.in_flight,
        variables_to_fetch=["azureOpenAI"],
    )(chat)
    await worker.work()


if __name__ == "__main__":
    asyncio.run(_main())
