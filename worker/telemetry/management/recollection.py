"""What is remembered of the events so far, for whoever looks at `/status`."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from worker.events import (
    BrokerLost,
    CallFinished,
    Event,
    ExportFailed,
    HandlerCrashed,
    HistoryFailed,
    JobFinished,
    SecretSourceFailed,
    StoreFailed,
    StreamLost,
)
from worker.job import Job
from worker.telemetry.listener import Hear, Listener

__all__ = ["Recollection"]

_AT_MOST: Final = 50  # of each kind: names come from processes
_TEMPLATE: Final = "elementTemplateId"
_TEMPLATE_VERSION: Final = "elementTemplateVersion"
_TROUBLES: Final[Mapping[type[Event], str]] = {
    BrokerLost: "broker",
    StreamLost: "jobStream",
    StoreFailed: "answers",
    HistoryFailed: "history",
    SecretSourceFailed: "secrets",
    ExportFailed: "export",
}


@dataclass(frozen=True, slots=True)
class _Mishap:
    job: Job
    at_s: float


class Recollection(Listener):
    """
    The last of each kind, and counts. *wall_clock* gives Unix seconds.

    No message of a job's is kept, since it may quote a prompt; the job's incident has it.
    """

    def __init__(self, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._outcomes: Counter[str] = Counter()
        self._mishaps: dict[str, _Mishap] = {}
        self._troubles: dict[str, tuple[str, float]] = {}
        self._templates: Counter[tuple[str, str]] = Counter()
        self._left: dict[tuple[str, str], tuple[int | None, int | None]] = {}
        self._told: Mapping[type[Event], Hear] = {
            JobFinished: self._finished,
            HandlerCrashed: lambda event: self._note_mishap("CRASHED", event.job),
            CallFinished: self._called,
            **dict.fromkeys(_TROUBLES, self._note_trouble),
        }

    def of(self, kind: type[Event]) -> Hear | None:
        """See Listener."""
        return self._told.get(kind)

    def jobs(self) -> dict[str, int]:
        """How many jobs came to what."""
        return {name: self._outcomes[name] for name in ("complete", "fail", "throw")}

    def templates(self) -> dict[str, dict[str, int]]:
        """How many jobs came from which version of which element template: old ones show here."""
        found: dict[str, dict[str, int]] = {}
        for (name, version), jobs in sorted(self._templates.items()):
            found.setdefault(name, {})[version] = jobs
        return found

    def left(self, deployment: str, host: str) -> dict[str, int | None]:
        """What the service last said is left of a deployment's limits."""
        requests, tokens = self._left.get((deployment, host), (None, None))
        return {"remainingRequests": requests, "remainingTokens": tokens}

    def errors(self) -> dict[str, object]:
        """The last job that failed for each reason, and where it stands in its process."""
        return {reason: self._shown(mishap) for reason, mishap in self._mishaps.items()}

    def troubles(self) -> dict[str, object]:
        """The last trouble of each kind that is no job's own."""
        now_s = self._wall_clock()
        return {
            kind: {"cause": cause, "secondsAgo": round(now_s - at_s)} for kind, (cause, at_s) in self._troubles.items()
        }

    def _called(self, event: CallFinished) -> None:
        key, left = (event.deployment, event.host), (event.remaining_requests, event.remaining_tokens)
        if left != (None, None) and (key in self._left or len(self._left) < _AT_MOST):
            self._left[key] = left

    def _finished(self, event: JobFinished) -> None:
        self._outcomes[type(event.outcome).__name__.lower()] += 1
        if event.reason:
            self._note_mishap(event.reason, event.job)
        name = event.job.headers.get(_TEMPLATE)
        if name:
            key = name, event.job.headers.get(_TEMPLATE_VERSION, "")
            if key in self._templates or len(self._templates) < _AT_MOST:
                self._templates[key] += 1

    def _note_trouble(self, event: Event) -> None:
        self._troubles[_TROUBLES[type(event)]] = str(getattr(event, "cause", "")), self._wall_clock()

    def _note_mishap(self, reason: str, job: Job) -> None:
        if reason in self._mishaps or len(self._mishaps) < _AT_MOST:
            self._mishaps[reason] = _Mishap(job, self._wall_clock())

    def _shown(self, mishap: _Mishap) -> dict[str, object]:
        return {
            "secondsAgo": round(self._wall_clock() - mishap.at_s),
            "process": mishap.job.bpmn_process_id,
            "element": mishap.job.element_id,
            "processInstance": str(mishap.job.process_instance_key),
        }
