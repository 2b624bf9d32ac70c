"""What the data path tells of a job that has ended, for the prompt history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from worker.events import JobFinished
from worker.wire import Call, Reply

__all__ = ["Exchange", "Masks", "Told"]

_ALWAYS_BYTES = 2_000  # what an entry takes beside its texts, about


class Exchange(NamedTuple):
    """One call of a job and its answer, None where none came. *is_reused*: it had been kept, so nobody was asked."""

    call: Call
    reply: Reply | None
    is_reused: bool = False


class Masks(Protocol):
    """What masks the secrets that a job has resolved: worker.secrets.Redactor."""

    def is_in(self, text: bytes) -> bool:
        """Whether there is anything to mask."""

    def text(self, text: str) -> str:
        """The text with every value masked."""

    def json(self, text: bytes) -> bytes:
        """JSON text with every value masked. Raises msgspec.MsgspecError where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    One job's end. *is_broken_off*: nothing was decided, since its lease was lost or a drain did not wait for it.

    *connection* is the name of an operator's connection, None where the task brought its own.
    """

    finished: JobFinished
    is_broken_off: bool
    connection: str | None
    exchanges: Sequence[Exchange]
    masks: Masks

    @property
    def size_bytes(self) -> int:
        """What is held of it in memory, about."""
        bodies = (len(call.body) + (len(reply.body) if reply else 0) for call, reply, _ in self.exchanges)
        return _ALWAYS_BYTES + sum(bodies)
