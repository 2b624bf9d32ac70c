"""What is counted, and how Prometheus reads it."""

from worker.telemetry.metrics import conventions
from worker.telemetry.metrics.exposition import CONTENT_TYPE, exposed
from worker.telemetry.metrics.instruments import Counter, Described, Gauge, Histogram, Instrument, Series
from worker.telemetry.metrics.recorder import Metrics

__all__ = [
    "CONTENT_TYPE",
    "Counter",
    "Described",
    "Gauge",
    "Histogram",
    "Instrument",
    "Metrics",
    "Series",
    "conventions",
    "exposed",
]
