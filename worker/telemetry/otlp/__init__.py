"""
Traces and metrics by OTLP, through OpenTelemetry's SDK and its official exporters.

Loaded only where a collector is named: nothing else in the worker imports OpenTelemetry.
"""

from worker.telemetry.otlp.otlp import Otlp

__all__ = ["Otlp"]
