"""Turns events into log lines: one for each job's outcome, the rest only when something happens."""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Final, Literal

from worker.events import Event, JobFinished
from worker.outcome import Fail, Throw
from worker.telemetry.logs.as_json import json_lines
from worker.telemetry.logs.lines import LINES, Line, Room

__all__ = ["LogFormat", "LogLevel", "Logs"]

LogFormat = Literal["json", "pretty"]
LogLevel = Literal["debug", "info", "warning", "error"]

_FAULTS: Final = "connector"  # the room whose debug level tells what an incident says
_NUMBERS: Final[Mapping[str, int]] = logging.getLevelNamesMapping()

_FAILURES: Final = (Fail, Throw)

_Write = Callable[..., object]


class Logs:
    """
    Writes events to standard error. An instance is an `Observe`.

    *rooms* have levels of their own. No line holds a prompt, an answer, a header or a key: an outcome's variables are
    never written, and its message, which may quote what the service or the task said, only at the connector's debug.
    """

    def __init__(self, *, level: LogLevel, form: LogFormat, rooms: Mapping[Room, LogLevel] | None = None) -> None:
        writes = _writes(form)
        least = {room: _NUMBERS[name.upper()] for room, name in (rooms or {}).items()}
        usual = _NUMBERS[level.upper()]
        tells_messages = least.get(_FAULTS, usual) <= logging.DEBUG
        self._written: Mapping[type, tuple[_Write, Line]] = {
            kind: (
                writes(logging.getLevelName(line.level).lower()),
                _with_message(line) if tells_messages and kind in _FAILURES else line,
            )
            for kind, line in LINES.items()
            if line.level >= least.get(line.room, usual)
        }

    def __call__(self, event: Event) -> None:
        """Write *event*, where its room's level lets it through."""
        written = self._written.get(type(event.outcome if isinstance(event, JobFinished) else event))
        if written is not None:
            write, line = written
            write(line.text, room=line.room, **line.facts(event))


def _with_message(line: Line) -> Line:
    return line._replace(facts=lambda event: {"message": event.outcome.message, **line.facts(event)})


def _writes(form: LogFormat) -> Callable[[str], _Write]:
    if form == "json":
        return json_lines(sys.stderr)
    from worker.telemetry.logs.pretty import pretty_lines  # noqa: PLC0415 - an idle worker in a cluster needs none

    return pretty_lines(sys.stderr)
