"""The Responses API."""

from worker.demo.emulator.operations.responses.create import RESPONSE, RESPONSES

__all__ = ["RESPONSE", "RESPONSES"]
