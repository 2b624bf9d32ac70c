"""What is known of one job while it runs."""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from worker.connector.notes import Notes
from worker.connector.ports import JobAnswers
from worker.events import Consumed, JobFinished
from worker.inputs import Task, TaskHeaders
from worker.job import Job
from worker.outcome import Outcome
from worker.secrets import Redactor
from worker.trace import Trace
from worker.wire import Reply, Target

__all__ = ["Run"]

_NO_HEADERS: Final = TaskHeaders()
_KNOWS_NOTHING: Final = Redactor()


class Run(msgspec.Struct):
    """What is known of one job so far; a failure is reported with as much of it as there is."""

    job: Job
    headers: TaskHeaders = _NO_HEADERS
    task: Task | None = None
    redactor: Redactor = _KNOWS_NOTHING
    answers: JobAnswers | None = None
    notes: Notes | None = None
    target: Target | None = None
    provider: str | None = None
    consumed: Consumed | None = None
    reply: Reply | None = None
    trace: Trace | None = None

    def finished(
        self, outcome: Outcome, reason: str | None, *, duration_s: float, or_begin: Callable[[], Trace]
    ) -> JobFinished:
        """The report of the whole job; its trace is one that *or_begin*s where the job did not come as far as that."""
        request_id = self.reply.request_id if self.reply else None
        return JobFinished(
            job=self.job,
            operation=self.task.operation.name if self.task else None,
            outcome=outcome,
            reason=reason,
            duration_s=duration_s,
            provider=self.provider,
            deployment=self.redactor.text(self.target.deployment) if self.target else None,
            consumed=self._consumed(),
            request_id=self.redactor.text(request_id) if request_id else None,
            trace=self.trace or or_begin(),
        )

    def _consumed(self) -> Consumed | None:
        """The model's name is the service's own word, which may be anything."""
        used = self.consumed
        if used is None or used.model is None or (model := self.redactor.text(used.model)) == used.model:
            return used
        return replace(used, model=model)
