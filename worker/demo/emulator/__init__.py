"""
An Azure OpenAI on loopback: real HTTP, real shapes, made-up answers, faults to order, and books of what was asked.

    async with Emulator(latency_s=0.2) as azure:
        azure.next(Answer.status(429, retry_after_s=1))     # the next call only; then normal again
        ...                                                 # calls to azure.url with azure.key
        assert azure.books.max_in_flight >= 50
"""

from worker.demo.emulator.books import Books, Entry
from worker.demo.emulator.deployments import Deployment
from worker.demo.emulator.script import Answer, Rule
from worker.demo.emulator.server import Emulator

__all__ = ["Answer", "Books", "Deployment", "Emulator", "Entry", "Rule"]
