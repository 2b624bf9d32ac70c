"""What happens to those who watch the worker, and its end."""

import msgspec

__all__ = ["ExportFailed", "ListenerFailed", "ManagementFailed", "ProcessDied", "Stopped"]


class ListenerFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The *listener* to these events raised *error*, which is a bug; it is told of the first one only."""

    listener: str
    error: Exception


class ManagementFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The management port at *address* cannot be opened because of *cause*; jobs go on without."""

    address: str
    cause: str


class ProcessDied(msgspec.Struct, frozen=True, kw_only=True):
    """
    The process *number* of several ended by itself, with the exit code *code* (below 0: by that signal).

    It is started anew in *retry_in_s* seconds; its jobs come back when their leases end.
    """

    number: int
    code: int
    retry_in_s: float


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing runs any more."""


class ExportFailed(msgspec.Struct, frozen=True, kw_only=True):
    """Traces or metrics did not get through to their collector because of *cause*; jobs go on."""

    cause: str
