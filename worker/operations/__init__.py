"""What a task can ask for: one file per operation, and a table of them all."""

from collections.abc import Mapping
from typing import Any, Final

from worker.operations.chat_completion import CHAT_COMPLETION
from worker.operations.completion import COMPLETION
from worker.operations.completions_extension import COMPLETIONS_EXTENSION
from worker.operations.create_embedding import CREATE_EMBEDDING
from worker.operations.general_query import GENERAL_QUERY
from worker.operations.map_data import MAP_DATA
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, Result, Usage
from worker.operations.multiple_chat_completions import MULTIPLE_CHAT_COMPLETIONS
from worker.operations.output import output_of
from worker.operations.streams import joined
from worker.operations.summarize_text import SUMMARIZE_TEXT

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
    operation.name: operation
    for operation in (
        CHAT_COMPLETION,
        COMPLETION,
        COMPLETIONS_EXTENSION,
        MULTIPLE_CHAT_COMPLETIONS,
        GENERAL_QUERY,
        SUMMARIZE_TEXT,
        MAP_DATA,
        CREATE_EMBEDDING,
    )
}
