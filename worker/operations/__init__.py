"""What a task can ask for: one file per operation, and a table of them all."""

from collections.abc import Mapping
from typing import Any, Final

from worker.operations.chat_completion import CHAT_COMPLETION
from worker.operations.completion import COMPLETION
from worker.operations.completions_extension import COMPLETIONS_EXTENSION
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, Result, Usage
from worker.operations.output import output_of
from worker.operations.streams import joined

__all__ = [
    "OPERATIONS",
    "Answer",
    "Asking",
    "Batch",
    "Conversation",
    "InputModel",
    "Operation",
    "Result",
    "Usage",
    "joined",
    "output_of",
]

OPERATIONS: Final[Mapping[str, Operation[Any]]] = {
    operation.name: operation for operation in (CHAT_COMPLETION, COMPLETION, COMPLETIONS_EXTENSION)
}
