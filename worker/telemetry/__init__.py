"""What an operator sees. Listens to events and never speaks back."""

from worker.telemetry.logs import LogFormat, LogLevel, Logs

__all__ = ["LogFormat", "LogLevel", "Logs"]
