"""What is remembered of prompts, where, and for how long."""

from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, SecretStr

from worker.settings.declared import setting

__all__ = ["Recorded"]

_SCHEMES: Final = ("postgresql", "postgres")


def _postgresql(url: SecretStr) -> SecretStr:
    """The text of an error says nothing of the URL, which holds a password."""
    wanted = "a URL such as postgresql://user:password@host:5432/name?sslmode=require"
    try:
        parts = urlsplit(url.get_secret_value())
        is_right = parts.scheme in _SCHEMES and parts.port != 0
    except ValueError:
        raise ValueError(wanted) from None
    if not is_right:
        raise ValueError(wanted)
    return url


class Recorded(BaseModel):
    """The database that workers share, and the prompt history."""

    worker_database_url: Annotated[SecretStr, AfterValidator(_postgresql)] | None = setting(
        None, "WORKER_DATABASE_URL",
        text="PostgreSQL database (extra `postgres`) that all workers of a cluster share for kept answers and history; "
        "takes the place of their files",
    )  # fmt: skip
    worker_history: Literal["off", "metadata", "content"] = setting(
        "off", "WORKER_HISTORY",
        text="What is remembered of each job: nothing; who asked which model when, with what outcome and cost; or the "
        "prompts and answers as well",
    )  # fmt: skip
    worker_history_file: Path = setting(
        Path("history.db"), "WORKER_HISTORY_FILE",
        text="SQLite file of the history of one worker, where there is no WORKER_DATABASE_URL",
    )  # fmt: skip
    worker_history_max_age_days: float = setting(
        30.0, "WORKER_HISTORY_MAX_AGE_DAYS", gt=0, text="Days after which an entry of the history is deleted"
    )
    worker_history_max_bytes: int = setting(
        1024 * 1024 * 1024, "WORKER_HISTORY_MAX_BYTES", ge=1024 * 1024,
        text="Bytes of history beyond which the oldest entries are deleted",
    )  # fmt: skip
    worker_history_max_text_bytes: int = setting(
        64 * 1024, "WORKER_HISTORY_MAX_TEXT_BYTES", ge=100, le=64 * 1024 * 1024,
        text="Bytes after which a prompt, and an answer, is cut in the history",
    )  # fmt: skip
