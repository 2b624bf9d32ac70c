"""Pictures and sound."""

from worker.demo.emulator.operations.media.images import EDITS, IMAGES
from worker.demo.emulator.operations.media.speech import SPEECH
from worker.demo.emulator.operations.media.transcriptions import TRANSCRIPTIONS, TRANSLATIONS

__all__ = ["EDITS", "IMAGES", "SPEECH", "TRANSCRIPTIONS", "TRANSLATIONS"]
