"""All that looks at a running worker from outside, as one thing to switch on or to leave out."""

from collections.abc import Sequence

from worker.events import ManagementFailed, Observe
from worker.telemetry.health import Health, Vitals
from worker.telemetry.management import Management
from worker.telemetry.metrics import Described, Metrics

__all__ = ["Oversight"]


class Oversight:
    """
    Health, metrics and the port that tells them. *listeners* are to hear all events.

    *permits* is how many jobs may be worked on at the same time.
    """

    def __init__(self, *, version: str, permits: int, host: str, port: int) -> None:
        self._health = Health(version=version, permits=permits)
        self._metrics = Metrics(version=version, permits=permits)
        self._management = Management(self._health, self._metrics, host=host, port=port)
        self._address = f"{host}:{port}"
        self.listeners: Sequence[Observe] = (self._health, self._metrics)

    async def open(self, vitals: Vitals, *, observe: Observe) -> None:
        """Begin to tell. A port that is taken is reported, and jobs go on without."""
        self._health.watch(vitals)
        in_flight = Described("azure_openai_worker.jobs.in_flight", "{job}", "Jobs that are worked on")
        self._metrics.read(in_flight, vitals.in_flight)
        self._metrics.read_deployments(vitals.deployments)
        try:
            await self._management.open()
        except OSError as error:
            observe(ManagementFailed(address=self._address, cause=error.strerror or str(error)))

    async def close(self) -> None:
        """Tell no more."""
        await self._management.close()
