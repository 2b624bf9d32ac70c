"""How bytes get to the service and back: one interface, our own pool behind it, and a seam for httpx transports."""

from worker.azure.transport.adapter import HttpxTransport
from worker.azure.transport.pooled import AiohttpTransport
from worker.azure.transport.seam import Timeouts, Transport

__all__ = ["AiohttpTransport", "HttpxTransport", "Timeouts", "Transport"]
