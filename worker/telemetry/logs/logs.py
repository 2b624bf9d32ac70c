"""Turns events into log lines: one for each job's outcome, the rest only when something happens."""

import logging
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Literal

from worker.events import Event, JobFinished
from worker.outcome import Fail, Throw
from worker.telemetry.listener import Hear, Listener
from worker.telemetry.logs.as_json import json_lines
from worker.telemetry.logs.lines import LINES, Room

__all__ = ["LogFormat", "LogLevel", "Logs"]

LogFormat = Literal["json", "pretty"]
LogLevel = Literal["debug", "info", "warning", "error"]

_FAULTS: Final = "connector"  # the room whose debug level tells what an incident says
_NUMBERS: Final[Mapping[str, int]] = logging.getLevelNamesMapping()

_FAILURES: Final = (Fail, Throw)

_Write = Callable[[Mapping[str, object]], object]


class Logs(Listener):
    """
    Writes events to standard error.

    *rooms* have levels of their own. No line holds a prompt, an answer, a header or a key: an outcome's variables are
    never written, and its message, which may quote what the service or the task said, only at the connector's debug.
    """

    def __init__(self, *, level: LogLevel, form: LogFormat, rooms: Mapping[Room, LogLevel] | None = None) -> None:
        self._lines: list[bytes] = []  # until all is told: standard error is unbuffered where PYTHONUNBUFFERED is set
        writes = _writes(form, self._lines.append)
        least = {room: _NUMBERS[name.upper()] for room, name in (rooms or {}).items()}
        usual = _NUMBERS[level.upper()]
        tells_messages = least.get(_FAULTS, usual) <= logging.DEBUG
        self._written: Mapping[type, Hear] = {
            kind: partial(
                _put,
                writes(logging.getLevelName(line.level).lower(), line.room, line.text),
                _with_message(line.facts) if tells_messages and kind in _FAILURES else line.facts,
            )
            for kind, line in LINES.items()
            if line.level >= least.get(line.room, usual)
        }

    def of(self, kind: type[Event]) -> Hear | None:
        """What writes events of that *kind*, where their room's level lets them through."""
        return self._finished if kind is JobFinished else self._written.get(kind)

    def flush(self) -> None:
        """Write the lines of what has been told: all at once, since the system takes as long for one as for thirty."""
        left = memoryview(b"".join(self._lines))
        self._lines.clear()
        while left and (written := sys.stderr.buffer.write(left)):  # unbuffered, it may take a part at a time
            left = left[written:]
        sys.stderr.flush()

    def _finished(self, event: JobFinished) -> None:
        write = self._written.get(type(event.outcome))
        if write is not None:
            write(event)


def _put(write: _Write, facts: Callable[[Event], Mapping[str, object]], event: Event) -> None:
    write(facts(event))


def _with_message(facts: Callable[[Any], Mapping[str, object]]) -> Callable[[Any], Mapping[str, object]]:
    return lambda event: {"message": event.outcome.message, **facts(event)}


def _writes(form: LogFormat, put: Callable[[bytes], object]) -> Callable[[str, str, str], _Write]:
    if form == "json":
        return json_lines(put)
    from worker.telemetry.logs.pretty import pretty_lines  # noqa: PLC0415 - an idle worker in a cluster needs none

    return pretty_lines(sys.stderr)
