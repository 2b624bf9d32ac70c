"""What a task can ask for: one file per operation, and a table of them all."""

from collections.abc import Mapping
from typing import Any, Final

from worker.operations.chat_completion import CHAT_COMPLETION
from worker.operations.completion import COMPLETION
from worker.operations.completions_extension import COMPLETIONS_EXTENSION
from worker.operations.create_embedding import CREATE_EMBEDDING
from worker.operations.create_response import CREATE_RESPONSE
from worker.operations.general_query import GENERAL_QUERY
from worker.operations.list_models import LIST_MODELS
from worker.operations.map_data import MAP_DATA
from worker.operations.media import CREATE_IMAGE, CREATE_SPEECH, TRANSCRIBE_AUDIO
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, Result, Usage
from worker.operations.multiple_chat_completions import MULTIPLE_CHAT_COMPLETIONS
from worker.operations.output import consumed_by, output_of, priced
from worker.operations.raw_request import RAW_REQUEST
from worker.operations.streams import joined
from worker.operations.summarize_text import SUMMARIZE_TEXT
from worker.operations.verdicts import verdict_in

__all__ = [
    "OPERATIONS",
    "Answer",
    "AnyOperation",
    "Asking",
    "Batch",
    "Conversation",
    "InputModel",
    "Operation",
    "Result",
    "Usage",
    "consumed_by",
    "joined",
    "output_of",
    "priced",
    "verdict_in",
]

AnyOperation = Operation[Any]
_ALL: Final[tuple[AnyOperation, ...]] = (
    CHAT_COMPLETION,
    COMPLETION,
    COMPLETIONS_EXTENSION,
    MULTIPLE_CHAT_COMPLETIONS,
    CREATE_RESPONSE,
    GENERAL_QUERY,
    SUMMARIZE_TEXT,
    MAP_DATA,
    CREATE_EMBEDDING,
    CREATE_IMAGE,
    CREATE_SPEECH,
    TRANSCRIBE_AUDIO,
    LIST_MODELS,
    RAW_REQUEST,
)
OPERATIONS: Final[Mapping[str, AnyOperation]] = {operation.name: operation for operation in _ALL}
