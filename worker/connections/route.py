"""Where a call may go: one endpoint or several, ready to be asked."""

from typing import NamedTuple

from worker.connections.connection import Connection
from worker.connections.endpoints import Limits
from worker.wire import Target

__all__ = ["Route", "Routes"]


class Route(NamedTuple):
    """One endpoint: *target*, asked as *connection*. See Endpoint for *priority* and *weight*."""

    target: Target
    connection: Connection
    priority: int = 1
    weight: float = 1.0


class Routes(NamedTuple):
    """
    All endpoints of one connection, of which there is at least one, the best first.

    *name* is the connection's, empty for a task's own. *limits* hold over all of them; None: there are none.
    """

    routes: tuple[Route, ...]
    name: str = ""
    limits: Limits | None = None

    @property
    def first(self) -> Route:
        """The one that stands for all: what a job asked is known by it, whichever answered."""
        return self.routes[0]
