"""The management port: whether the worker lives, whether it is ready, and how it is."""

from worker.telemetry.management.health import Health, Vitals
from worker.telemetry.management.pages import HTML, JSON, Page, Pages
from worker.telemetry.management.port import Management
from worker.telemetry.management.watchdog import Watchdog

__all__ = ["HTML", "JSON", "Health", "Management", "Page", "Pages", "Vitals", "Watchdog"]
