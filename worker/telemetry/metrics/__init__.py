"""What is counted, and how Prometheus reads it."""

from worker.telemetry.metrics.exposition import CONTENT_TYPE, exposed
from worker.telemetry.metrics.instruments import Described
from worker.telemetry.metrics.recorder import Metrics

__all__ = ["CONTENT_TYPE", "Described", "Metrics", "exposed"]
