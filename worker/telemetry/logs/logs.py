"""Turns events into log lines: one for each job's outcome, the rest only when something happens."""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from worker.events import Event, JobFinished
from worker.outcome import Fail, Throw
from worker.telemetry.logs.lines import LINES, Line, Room
from worker.telemetry.logs.plain import FilteringBoundLogger, structlog

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
        log = _logger(form)
        least = {room: _NUMBERS[name.upper()] for room, name in (rooms or {}).items()}
        usual = _NUMBERS[level.upper()]
        tells_messages = least.get(_FAULTS, usual) <= logging.DEBUG
        self._written: Mapping[type, tuple[_Write, Line]] = {
            kind: (
                getattr(log, logging.getLevelName(line.level).lower()),
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


def _logger(form: LogFormat) -> FilteringBoundLogger:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    ).bind()  # once: a wrapped logger that was never bound is put together anew for every line
    return logger


def _json(line: object, **_options: object) -> str:
    """A fifth of what the standard library's encoder takes; what is no JSON is written as its text."""
    return msgspec.json.encode(line, enc_hook=str).decode()
