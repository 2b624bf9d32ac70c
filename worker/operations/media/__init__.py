"""Pictures and sound: what goes in or comes out as bytes."""

from worker.operations.media.create_image import CREATE_IMAGE
from worker.operations.media.create_speech import CREATE_SPEECH
from worker.operations.media.transcribe_audio import TRANSCRIBE_AUDIO

__all__ = ["CREATE_IMAGE", "CREATE_SPEECH", "TRANSCRIBE_AUDIO"]
