"""One call on its way to one endpoint: signed in, in its turn, and with another key where the first is refused."""

from worker.azure.sending.sender import Sender
from worker.azure.sending.sending import Sending, Timing
from worker.azure.sending.time_limit import TimeLimit

__all__ = ["Sender", "Sending", "TimeLimit", "Timing"]
