"""What the intake of one job type works with."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.broker.gateway import Activated, Gateway, Subscription
from worker.broker.loop.contact import Contact
from worker.broker.loop.options import LoopOptions
from worker.broker.loop.permits import Permits
from worker.broker.loop.timing import Backoff, Timing
from worker.events import Observe

__all__ = ["Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    What a poller and a streamer of one job type work with.

    *accept* takes over a job together with a permit that was taken for it; *give_back* a job for which there is none.
    """

    gateway: Gateway
    wanted: Subscription
    options: LoopOptions
    permits: Permits
    contact: Contact
    accept: Callable[[Activated], None]
    give_back: Callable[[Activated], None]
    observe: Observe
    timing: Timing

    def backoff(self) -> Backoff:
        """Pauses after failures."""
        return self.timing.backoff(self.options.backoff_first_s, self.options.backoff_most_s)
