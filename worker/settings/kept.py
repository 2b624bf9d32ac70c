"""How long answers are kept, and where."""

from pathlib import Path

from pydantic import BaseModel

from worker.settings.declared import setting

__all__ = ["Kept"]


class Kept(BaseModel):
    """Answers that have been paid for, for jobs that come again."""

    worker_kept_answers_max_bytes: int = setting(
        32 * 1024 * 1024, "WORKER_KEPT_ANSWERS_MAX_BYTES", ge=0,
        text="Bytes of answers that are kept, so that a job that comes again is not paid for again; 0 keeps none",
    )  # fmt: skip
    worker_kept_answers_file: Path | None = setting(
        None, "WORKER_KEPT_ANSWERS_FILE",
        text="SQLite file in which they outlive the worker; of one worker alone. By default they are in memory only",
    )  # fmt: skip
    worker_kept_answers_max_age_s: float = setting(
        86_400.0, "WORKER_KEPT_ANSWERS_MAX_AGE_S", gt=0, text="Seconds after which an answer in that file is forgotten"
    )
