"""All that looks at a running worker from outside, as one thing to switch on or to leave out."""

import socket
from collections.abc import Sequence
from typing import Final

from worker.events import ManagementFailed, Observe
from worker.telemetry.exporting import ExportOptions, exporter_for
from worker.telemetry.management import Health, Management, Vitals, Watchdog
from worker.telemetry.metrics import Described, Metrics

__all__ = ["Oversight"]

_LONGEST_S: Final = 20.0  # that the loop may stand still; probes give up at about the same time

_IN_FLIGHT: Final = Described("azure_openai_worker.jobs.in_flight", "{job}", "Jobs that are worked on")
_LAG: Final = Described(
    "azure_openai_worker.event_loop.lag", "s", "How late the loop came by at worst, since last asked"
)


class Oversight:
    """
    Health, metrics, the port that tells them and what sends them. *listeners* are to hear all events.

    *permits* is how many jobs may be worked on at the same time. Without *port* (0) nothing listens; *listener* takes
    the place of *host* and *port*. Raises MissingExtra where something is to be sent and the SDK is missing.
    """

    def __init__(  # noqa: PLR0913 - an operator's choices, one by one
        self,
        *,
        version: str,
        permits: int,
        host: str,
        port: int,
        export: ExportOptions,
        listener: socket.socket | None = None,
    ) -> None:
        self._metrics = Metrics(version=version, permits=permits)
        self._health = Health(version=version, permits=permits)
        self._watchdog = Watchdog(longest_s=_LONGEST_S)
        self._exporter = exporter_for(export, lambda: self._metrics.instruments)
        self._management = (
            Management(self._health, self._metrics, host=host, port=port, listener=listener) if port else None
        )
        self._address = f"{host}:{port}"
        sends = self._exporter.listeners if self._exporter else ()
        self.listeners: Sequence[Observe] = (self._health, self._metrics, *sends)

    async def open(self, vitals: Vitals, *, observe: Observe) -> None:
        """Begin to tell. A port that is taken is reported, and jobs go on without."""
        self._health.watch(vitals)
        self._watchdog.open()
        self._metrics.read(_IN_FLIGHT, vitals.in_flight)
        self._metrics.read(_LAG, self._watchdog.lag_s)
        self._metrics.read_deployments(vitals.deployments)
        if self._exporter:
            await self._exporter.open(observe=observe)
        if self._management:
            try:
                await self._management.open()
            except OSError as error:
                observe(ManagementFailed(address=self._address, cause=error.strerror or str(error)))

    async def close(self) -> None:
        """Tell no more."""
        self._watchdog.close()
        if self._management:
            await self._management.close()
        if self._exporter:
            await self._exporter.close()
