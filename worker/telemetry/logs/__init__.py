"""What happens, line by line."""

from worker.telemetry.logs.lines import Room
from worker.telemetry.logs.logs import LogFormat, LogLevel, Logs

__all__ = ["LogFormat", "LogLevel", "Logs", "Room"]
