"""What an operator sees. Listens to events and never speaks back."""

from worker.telemetry.exporting import ExportOptions
from worker.telemetry.fan_out import FanOut
from worker.telemetry.logs import LogFormat, LogLevel, Logs, Room
from worker.telemetry.management import JSON, Page, Pages, Vitals
from worker.telemetry.metrics import CONTENT_TYPE as METRICS
from worker.telemetry.oversight import Oversight

__all__ = [
    "JSON",
    "METRICS",
    "ExportOptions",
    "FanOut",
    "LogFormat",
    "LogLevel",
    "Logs",
    "Oversight",
    "Page",
    "Pages",
    "Room",
    "Vitals",
]
