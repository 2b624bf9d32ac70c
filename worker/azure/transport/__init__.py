"""How bytes get to the service and back: one interface, our own pool behind it, and a seam for httpx transports."""

from worker.azure.transport.adapter import HttpxTransport
from worker.azure.transport.default import DefaultTransport
from worker.azure.transport.seam import Timeouts, Transport

__all__ = ["DefaultTransport", "HttpxTransport", "Timeouts", "Transport"]
