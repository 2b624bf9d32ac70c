"""What happens to those who watch the worker, and its end."""

from dataclasses import dataclass

__all__ = ["ExportFailed", "ListenerFailed", "ManagementFailed", "ProcessDied", "Stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerFailed:
    """The *listener* to these events raised *error*, which is a bug; it is told of the first one only."""

    listener: str
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementFailed:
    """The management port at *address* cannot be opened because of *cause*; jobs go on without."""

    address: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDied:
    """
    The process *number* of several ended by itself, with the exit code *code* (below 0: by that signal).

    It is started anew in *retry_in_s* seconds; its jobs come back when their leases end.
    """

    number: int
    code: int
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Nothing runs any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFailed:
    """Traces or metrics did not get through to their collector because of *cause*; jobs go on."""

    cause: str
