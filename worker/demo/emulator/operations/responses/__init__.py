"""The Responses API."""

from worker.demo.emulator.operations.responses.create import RESPONSES

__all__ = ["RESPONSES"]
