"""What a look at one thing has come to."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "State"]

State = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """*says* is what was seen, and holds no secret; *mend* is what to do about it, empty where there is nothing."""

    area: str
    subject: str
    state: State
    says: str
    mend: str = ""
