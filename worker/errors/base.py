"""The root of the tree, and what every error knows about itself."""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from worker.wire import Reply

__all__ = ["ConnectorError", "Retry", "leaves"]


class Retry(Enum):
    """What trying the same job again would be good for."""

    NEVER = "an incident at once"
    COUNTED = "tried again, uses up a retry"
    FREE = "tried again, uses up no retry"


class ConnectorError(Exception):
    """
    One job could not be done.

    *code* is what an error expression and a boundary event match on: the HTTP status as text, "408" for our own
    time-out, else the reason itself. *reason* is one stable word. The text says what happened and what to change,
    and never holds a secret. *reply* is the service's answer, where there was one; *retry_after_s* the delay that the
    service itself asked for.
    """

    reason: ClassVar[str]
    default_code: ClassVar[str] = ""  # the reason, where it is empty
    retry: ClassVar[Retry] = Retry.NEVER
    reply: "Reply | None" = None
    retry_after_s: float | None = None

    @property
    def code(self) -> str:
        """What an error expression matches on."""
        return self.default_code or self.reason


def leaves(root: type[ConnectorError] = ConnectorError) -> Iterator[type[ConnectorError]]:
    """Every error that can be raised: the ends of the tree."""
    for child in root.__subclasses__():
        if child.__subclasses__():
            yield from leaves(child)
        else:
            yield child
