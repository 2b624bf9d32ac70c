"""The Responses API: what it answers, and how far it is with it."""

from worker.operations.responses.reading import progress_of, read_response

__all__ = ["progress_of", "read_response"]
