"""The management port: whether the worker lives, whether it is ready, and how it is."""

from worker.telemetry.management.health import Health, Vitals
from worker.telemetry.management.port import Management
from worker.telemetry.management.watchdog import Watchdog

__all__ = ["Health", "Management", "Vitals", "Watchdog"]
