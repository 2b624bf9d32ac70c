"""Whether the worker lives and is ready, and what an operator sees of it at a glance."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from worker.events import DeploymentState, DrainStarted, Event, JobFinished, Stopped
from worker.job import Job

__all__ = ["Health", "Vitals"]

_REASONS_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What only the running loop knows, read whenever it is asked for."""

    in_flight: Callable[[], int]
    is_connected: Callable[[], bool]
    deployments: Callable[[], Sequence[DeploymentState]] = tuple


@dataclass(frozen=True, slots=True)
class _Mishap:
    job: Job
    at_s: float


class Health:
    """
    Remembers what `/health/ready` and `/status` tell. An instance is an `Observe`.

    No message is shown, since it may quote a prompt; the job's incident and the log have it. *wall_clock* gives Unix
    seconds.
    """

    def __init__(self, *, version: str, permits: int, wall_clock: Callable[[], float] = time.time) -> None:
        self._version = version
        self._permits = permits
        self._wall_clock = wall_clock
        self._started_s = wall_clock()
        self._vitals: Vitals | None = None
        self._is_leaving = False
        self._outcomes: Counter[str] = Counter()
        self._mishaps: dict[str, _Mishap] = {}

    def watch(self, vitals: Vitals) -> None:
        """The loop runs from now on."""
        self._vitals = vitals

    def __call__(self, event: Event) -> None:
        """Remember what *event* says of the worker's health."""
        match event:
            case DrainStarted() | Stopped():
                self._is_leaving = True
            case JobFinished():
                self._outcomes[type(event.outcome).__name__.lower()] += 1
                if event.reason and (event.reason in self._mishaps or len(self._mishaps) < _REASONS_AT_MOST):
                    self._mishaps[event.reason] = _Mishap(event.job, self._wall_clock())
            case _:
                pass

    def unready(self) -> str | None:
        """Why no more jobs are taken; None while they are. What the service says of limits is no reason."""
        if self._is_leaving:
            return "draining"
        if self._vitals is None:
            return "starting"
        return None if self._vitals.is_connected() else "broker unreachable"

    def status(self) -> dict[str, object]:
        """Plain JSON values; the same for a person and a program."""
        vitals = self._vitals
        return {
            "version": self._version,
            "ready": self.unready() is None,
            "reason": self.unready(),
            "uptimeSeconds": round(self._wall_clock() - self._started_s),
            "broker": {"connected": bool(vitals and vitals.is_connected())},
            "jobs": {
                "inFlight": vitals.in_flight() if vitals else 0,
                "permits": self._permits,
                **{name: self._outcomes[name] for name in ("complete", "fail", "throw")},
            },
            "lastErrors": {reason: self._shown(mishap) for reason, mishap in self._mishaps.items()},
        }

    def _shown(self, mishap: _Mishap) -> dict[str, object]:
        return {
            "secondsAgo": round(self._wall_clock() - mishap.at_s),
            "process": mishap.job.bpmn_process_id,
            "element": mishap.job.element_id,
            "processInstance": str(mishap.job.process_instance_key),
        }
