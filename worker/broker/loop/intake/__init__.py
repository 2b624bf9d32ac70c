"""Where jobs come from: a poller for what waits at the broker, a streamer for what appears."""

from worker.broker.loop.intake.poller import Poller
from worker.broker.loop.intake.streamer import Streamer
from worker.broker.loop.intake.surroundings import Surroundings

__all__ = ["Poller", "Streamer", "Surroundings"]
