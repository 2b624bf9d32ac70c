"""What is kept, as the operator has set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from worker import history
from worker.connector import Connector
from worker.events import Observe
from worker.extras import MissingExtra
from worker.history import Answers, HistoryOptions, Place, RecentAnswers, Store
from worker.job import Job
from worker.settings import Settings, SettingsError

if TYPE_CHECKING:
    from worker.history.prompts import Recorder, Register

__all__ = ["Stores", "register_for", "stores_for"]

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Stores:
    """What keeps answers, and what writes the history; None where it is off."""

    answers: Answers | None
    history: "Recorder | None"

    def behind(self, connector: Connector) -> Connector:
        """The same *connector*, which keeps what it is answered."""
        return replace(connector, answers_of=self.answers.of if self.answers else None, history=self.history)

    def done(self, job: Job) -> None:
        """*job* will not come again."""
        if self.answers:
            self.answers.done(job)

    async def open(self) -> None:
        """Begin."""
        if self.history:
            await self.history.open()

    async def close(self) -> None:
        """Write what is left, and end."""
        if self.answers:
            await self.answers.close()
        if self.history:
            await self.history.close()


def stores_for(settings: Settings, observe: Observe) -> Stores:
    """What the operator wants to be kept. Raises SettingsError where a package for it is missing."""
    return Stores(_answers(settings, observe), _recorder(settings, observe))


def register_for(settings: Settings, *, file: Path | None = None) -> "Register":
    """The prompt history, to look into; that in *file* where one is given. Raises SettingsError where there is none."""
    place = file or _history_place(settings)
    if isinstance(place, Path) and not place.is_file():
        wanted = "a file that a worker with WORKER_HISTORY has written"
        raise SettingsError(f"{'--file' if file else 'WORKER_HISTORY_FILE'}: got {str(place)!r}, wanted {wanted}")
    with _told_as_setting():
        return history.register(place)


def _answers(settings: Settings, observe: Observe) -> Answers | None:
    """Memory first, since most jobs that come again come to the same worker."""
    max_bytes, place = settings.worker_kept_answers_max_bytes, _answers_place(settings)
    if not max_bytes:
        return None
    stores: list[Store] = []
    if place:
        max_age_s = settings.worker_kept_answers_max_age_s
        with _told_as_setting():
            stores.append(history.database_store(place, max_bytes=max_bytes, max_age_s=max_age_s))
    return Answers(RecentAnswers(max_bytes=max_bytes), stores, observe=observe)


def _recorder(settings: Settings, observe: Observe) -> "Recorder | None":
    if settings.worker_history == "off":
        return None
    keeps_content = settings.worker_history == "content"
    options = HistoryOptions(
        max_age_s=settings.worker_history_max_age_days * _DAY_S,
        max_bytes=settings.worker_history_max_bytes,
        text_bytes=settings.worker_history_max_text_bytes if keeps_content else None,
        worker=settings.worker_name,
    )
    with _told_as_setting():
        return history.recorder(_history_place(settings), options=options, observe=observe)


def _answers_place(settings: Settings) -> Place | None:
    return settings.worker_database_url or settings.worker_kept_answers_file


def _history_place(settings: Settings) -> Place:
    return settings.worker_database_url or settings.worker_history_file


@contextmanager
def _told_as_setting() -> Iterator[None]:
    try:
        yield
    except MissingExtra as missing:
        raise SettingsError(f"WORKER_DATABASE_URL: {missing}") from None
