"""Pictures and sound."""

from worker.demo.emulator.operations.media.images import IMAGES
from worker.demo.emulator.operations.media.speech import SPEECH
from worker.demo.emulator.operations.media.transcriptions import TRANSCRIPTIONS

__all__ = ["IMAGES", "SPEECH", "TRANSCRIPTIONS"]
