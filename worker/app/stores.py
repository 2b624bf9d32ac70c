"""What is kept, as the operator has set it."""

from worker.events import Observe
from worker.history import Answers, MemoryStore, SqliteStore, Store
from worker.settings import Settings

__all__ = ["answers_for"]


def answers_for(settings: Settings, observe: Observe) -> Answers | None:
    """
    What keeps answers, None where none are to be kept.

    Memory first, since most jobs that come again come to the same worker.
    """
    max_bytes, file = settings.worker_kept_answers_max_bytes, settings.worker_kept_answers_file
    if not max_bytes:
        return None
    stores: list[Store] = [MemoryStore(max_bytes=max_bytes)]
    if file:
        stores.append(SqliteStore(file, max_bytes=max_bytes, max_age_s=settings.worker_kept_answers_max_age_s))
    return Answers(stores, observe=observe)
