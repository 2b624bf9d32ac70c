"""What every database promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from worker.history.store import StoreError

__all__ = ["LARGEST_INTEGER", "Database", "Refused", "Row", "Statement", "StoreError", "Value"]

Value = int | float | str | bytes | None
Row = tuple[Value, ...]

LARGEST_INTEGER: Final = 2**63 - 1
"""What a BIGINT holds."""


class Refused(StoreError):
    """The database works, and will not take these values now or ever."""


@dataclass(frozen=True, slots=True)
class Statement:
    """
    SQL that both databases understand, carried out once for each of *rows*.

    Parameters are `?1`, `?2` and so on; a table is named `ours.TABLE`.
    """

    sql: str
    rows: Sequence[Row] = ((),)


class Database(Protocol):
    """
    A database with our schema in it, which it brings up to date before the first statement.

    Every method raises StoreError, and nothing else, when it is out of order.
    """

    async def run(self, *statements: Statement) -> list[Row]:
        """Carry all of them out or none; what the last one's last row gives."""

    async def close(self) -> None:
        """End it. Nothing may follow."""
