"""The way to a collector of traces and metrics, loaded where an operator has named one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.events import Observe
from worker.extras import optional
from worker.telemetry.metrics import Instrument

__all__ = ["ExportOptions", "Exporter", "exporter_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """
    What is sent, how often, and as whom. Where to and with which headers the SDK reads by itself.

    *collector* is what the log calls it: host and port, nothing that could hold a key.
    """

    traces: bool
    metrics: bool
    metrics_every_s: float
    collector: str
    service: str | None
    version: str
    instance: str


class Exporter(Protocol):
    """Sends what it hears. *listeners* are to hear all events."""

    listeners: Sequence[Observe]

    async def open(self, *, observe: Observe) -> None:
        """Begin to send. What does not get through is told to *observe* as ExportFailed."""

    async def close(self) -> None:
        """Send what is left, for a few seconds at most."""


def exporter_for(options: ExportOptions, instruments: Callable[[], Sequence[Instrument]]) -> Exporter | None:
    """What sends traces and metrics, None where nothing is to be sent. Raises MissingExtra without the SDK."""
    if not (options.traces or options.metrics):
        return None
    room = optional("worker.telemetry.otlp", extra="otlp", purpose="sending traces and metrics by OTLP")
    exporter: Exporter = room.Otlp(options, instruments)
    return exporter
