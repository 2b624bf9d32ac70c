"""Who takes part: how each is started, and what a job for it looks like."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["FLOOR", "KEY", "NAIVE", "OURS", "Contender", "Start", "environment", "messages"]

KEY: Final = "k3y-0f-the-b3nchmark"
_CONFIGURES: Final = (
    "ZEEBE_", "CAMUNDA_", "WORKER_", "SECRET_", "AZURE_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_",
    "REQUESTS_CA_",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the two ends are, how many jobs may be in flight, and the type of the jobs to take."""

    gateway: str
    azure: str
    in_flight: int
    job_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """
    *command* and *variables* (of the environment) start it; *task* is the value that its jobs hold under *variable*.

    *at_most* is the number of jobs in flight beyond which it is not asked to take part. *warms_up_s* is
    what it needs on top before it is itself; *is_pinned* to one core, unless that would be unfair to its threads.
    """

    name: str
    command: Callable[[Start], list[str]]
    environment: Callable[[Start], Mapping[str, str]]
    task: Callable[[str, int], Mapping[str, Any]]
    headers: Mapping[str, str]
    job_type: str = "azure-openai"
    variable: str | None = "azureOpenAI"
    at_most: int = 100_000
    warms_up_s: float = 0.0
    is_pinned: bool = True

    def job(self, azure: str, payload_bytes: int) -> dict[str, str]:
        """One of its jobs, with a prompt of that size, as the gateway double takes it."""
        task = self.task(azure, payload_bytes)
        held = task if self.variable is None else {self.variable: task}
        return {"type": self.job_type, "headers": json.dumps(self.headers), "variables": json.dumps(held)}


def environment(contender: Contender, start: Start) -> dict[str, str]:
    """Our own environment without anything that would configure a worker, and what *contender* is started with."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith(_CONFIGURES)}
    return {**bare, **contender.environment(start)}


def messages(payload_bytes: int) -> list[dict[str, str]]:
    """A conversation of about that many bytes."""
    return [{"role": "user", "content": "word " * (max(0, payload_bytes - 50) // 5)}]


def _asked_with(key: str) -> Callable[[str, int], Mapping[str, Any]]:
    return lambda azure, payload_bytes: {
        "operation": "chatCompletion",
        "connection": {"endpoint": azure, "authentication": {"type": "apiKey", "apiKey": key}},
        "deployment": "gpt-4.1-mini",
        "input": {"messages": messages(payload_bytes)},
    }


def _python(*arguments: str) -> Callable[[Start], list[str]]:
    return lambda start: [sys.executable, "-m", *arguments, start.gateway, str(start.in_flight), start.job_type]


OURS: Final = Contender(
    name="ours",
    command=lambda _: [sys.executable, "-m", "worker", "run"],
    environment=lambda start: {
        "ZEEBE_ADDRESS": start.gateway,
        "WORKER_JOB_TYPES": start.job_type,
        "WORKER_MAX_JOBS_IN_FLIGHT": str(start.in_flight),
        "SECRET_AZURE_OPENAI_API_KEY": KEY,
    },
    task=_asked_with("{{secrets.AZURE_OPENAI_API_KEY}}"),
    headers={"resultVariable": "result"},
)
NAIVE: Final = Contender(
    name="pyzeebe + httpx",
    command=_python("benchmarks.clients.naive"),
    environment=lambda _: {},
    task=_asked_with(KEY),
    headers={},
    at_most=500,  # with 2,000 its pool does not get through its first calls within minutes
)
FLOOR: Final = Contender(
    name="bare floor",
    command=_python("benchmarks.clients.floor"),
    environment=lambda _: {},
    task=_asked_with(KEY),
    headers={},
)
