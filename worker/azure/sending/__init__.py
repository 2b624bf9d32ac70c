"""One call on its way to one endpoint: signed in, in its turn, and with another key where the first is refused."""

from worker.azure.sending.sender import Sender
from worker.azure.sending.sending import Sending, Timing

__all__ = ["Sender", "Sending", "Timing"]
