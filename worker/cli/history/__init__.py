"""`azure-openai-worker history`: who asked what, when, at what cost, with what answer."""

from worker.cli.history.commands import history

__all__ = ["history"]
