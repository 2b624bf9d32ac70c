"""What the data path needs of others, as it sees them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from worker.connections import Routes
from worker.history import Told
from worker.wire import Behalf, Call, File, Reply, Target

__all__ = ["Documents", "History", "JobAnswers", "Service"]


class Service(Protocol):
    """Whoever carries calls to Azure: worker.azure.Azure, or a fake."""

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf) -> Reply:
        """
        The answer to *call*, made for the first of *routes*, whatever its status. Raises CallError when none came.

        What is reported of the call says nothing that the job keeps secret: see Behalf.
        """


class JobAnswers(Protocol):
    """The answers of one run of a job: worker.history.JobAnswers."""

    async def through(
        self, target: Target, ask: Callable[[Call], Awaitable[Reply]], call: Call, *, is_public: Callable[[Reply], bool]
    ) -> Reply:
        """What was kept of *call*, else what *ask* brings."""

    async def forget(self) -> None:
        """Keep none of them."""


class Documents(Protocol):
    """Whoever keeps generated files."""

    async def keep(self, file: File) -> Mapping[str, object]:
        """A reference to *file*, for the process. Raises DocumentNotStored."""


class History(Protocol):
    """Whoever keeps what was said: worker.history.Recorder."""

    def record(self, told: Told) -> None:
        """Keep it soon; this job does not wait for it."""
