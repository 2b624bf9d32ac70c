"""The life of jobs at a broker, as far as a worker can tell: a small model of Zeebe's."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from grpc import StatusCode

__all__ = ["RejectedError", "ScriptedJob", "ScriptedJobs", "State"]

_FIRST_KEY = (1 << 51) + 1  # partition 1


class State(Enum):
    """Where a job is in its life."""

    ACTIVATABLE = "waits for a worker"
    ACTIVATED = "leased to a worker"
    WAITING = "failed, waits for its back-off to end"
    COMPLETED = "done"
    INCIDENT = "failed without retries"
    THROWN = "ended by a BPMN error"
    CANCELED = "gone with its process instance"


class RejectedError(Exception):
    """The broker does not do that."""

    def __init__(self, code: StatusCode, details: str) -> None:
        self.code = code
        self.details = details
        super().__init__(details)


@dataclass
class ScriptedJob:
    """One job and all that was done to it."""

    key: int
    type: str
    variables: bytes
    headers: bytes
    retries: int
    state: State = State.ACTIVATABLE
    deadline_s: float = 0.0
    activations: int = 0
    result: bytes = b""
    message: str = ""
    error_code: str = ""
    backoff_s: float = 0.0
    history: list[str] = field(default_factory=list)


class ScriptedJobs:
    """All jobs. *on_available* hears of each that can be activated (again)."""

    def __init__(self, on_available: Callable[[ScriptedJob], None]) -> None:
        self._on_available = on_available
        self._jobs: dict[int, ScriptedJob] = {}
        self._keys = itertools.count(_FIRST_KEY)
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def __getitem__(self, key: int) -> ScriptedJob:
        return self._jobs[key]

    def __iter__(self) -> "itertools.chain[ScriptedJob]":
        return itertools.chain(self._jobs.values())

    @property
    def books(self) -> Counter[State]:
        """How many jobs are in each state."""
        return Counter(job.state for job in self)

    def add(self, job_type: str, *, variables: object, headers: object, retries: int) -> ScriptedJob:
        """Let a process reach a task."""
        texts = [part if isinstance(part, bytes) else json.dumps(part or {}).encode() for part in (variables, headers)]
        job = ScriptedJob(next(self._keys), job_type, texts[0], texts[1], retries)
        self._jobs[job.key] = job
        self._on_available(job)
        return job

    def waiting(self, job_type: str) -> list[ScriptedJob]:
        """Jobs of that type that can be activated."""
        return [job for job in self if job.type == job_type and job.state is State.ACTIVATABLE]

    def activate(self, job: ScriptedJob, lease_s: float) -> None:
        """Lease the job to a worker."""
        job.state = State.ACTIVATED
        job.activations += 1
        job.history.append("activated")
        self._lease(job, lease_s)

    def complete(self, key: int, result: bytes) -> None:
        """End the job."""
        job = self._at_hand(key, "completed")
        job.result = result
        self._end(job, State.COMPLETED)

    def fail(self, key: int, *, retries: int, message: str, backoff_s: float) -> None:
        """Take the job back."""
        job = self._at_hand(key, "failed")
        job.retries, job.message, job.backoff_s = retries, message, backoff_s
        if retries <= 0:
            self._end(job, State.INCIDENT)
        elif backoff_s > 0:
            self._end(job, State.WAITING)
            self._later(job, backoff_s)
        else:
            self.make_available(job)

    def throw(self, key: int, *, error_code: str, message: str, variables: bytes) -> None:
        """Leave the task by a BPMN error."""
        job = self._at_hand(key, "thrown")
        job.error_code, job.message, job.result = error_code, message, variables
        self._end(job, State.THROWN)

    def extend(self, key: int, lease_s: float) -> None:
        """Let the lease end that much from now."""
        job = self._at_hand(key, "extended")
        if job.state is not State.ACTIVATED:
            raise RejectedError(StatusCode.NOT_FOUND, f"no such job was activated: {key}")
        self._lease(job, lease_s)

    def cancel(self, key: int) -> None:
        """End the job's process instance."""
        self._end(self._jobs[key], State.CANCELED)

    def make_available(self, job: ScriptedJob) -> None:
        """Let a worker have the job: its lease or its back-off is over."""
        self._end(job, State.ACTIVATABLE)
        self._on_available(job)

    def close(self) -> None:
        """Let time stand still."""
        for timer in self._timers.values():
            timer.cancel()

    def _at_hand(self, key: int, command: str) -> ScriptedJob:
        job = self._jobs.get(key)
        if job is None or job.state not in (State.ACTIVATABLE, State.ACTIVATED):
            raise RejectedError(StatusCode.NOT_FOUND, f"no such job: {key}")
        job.history.append(command)
        return job

    def _lease(self, job: ScriptedJob, lease_s: float) -> None:
        job.deadline_s = time.time() + lease_s
        self._later(job, lease_s)

    def _later(self, job: ScriptedJob, seconds: float) -> None:
        if job.key in self._timers:
            self._timers[job.key].cancel()
        self._timers[job.key] = asyncio.get_running_loop().call_later(seconds, self.make_available, job)

    def _end(self, job: ScriptedJob, state: State) -> None:
        job.state = state
        if job.key in self._timers:
            self._timers.pop(job.key).cancel()
