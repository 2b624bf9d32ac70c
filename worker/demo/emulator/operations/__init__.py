"""The operations that the emulated service has: one file each, and a line here."""

from types import MappingProxyType
from typing import Final

from worker.demo.emulator.operations.chat import CHAT, EXTENSIONS_CHAT
from worker.demo.emulator.operations.completions import COMPLETIONS
from worker.demo.emulator.operations.embeddings import EMBEDDINGS
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.operations.media import EDITS, IMAGES, SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from worker.demo.emulator.operations.memory import Memory
from worker.demo.emulator.operations.models import MODELS
from worker.demo.emulator.operations.responses import RESPONSE, RESPONSES

_ALL: Final = (
    CHAT,
    EXTENSIONS_CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    MODELS,
    RESPONSES,
    RESPONSE,
    IMAGES,
    EDITS,
    SPEECH,
    TRANSCRIPTIONS,
    TRANSLATIONS,
)
OPERATIONS: Final = MappingProxyType({operation.path: operation for operation in _ALL})

__all__ = ["OPERATIONS", "Exchange", "Memory", "Operation", "Reply"]
