"""Whether the worker lives and is ready, and what an operator sees of it at a glance."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.events import DeploymentState, DrainStarted, Event, Stopped
from worker.telemetry.listener import Hear, Listener
from worker.telemetry.management.recollection import Recollection

__all__ = ["Health", "Vitals"]


class EndpointState(Protocol):
    """How one endpoint of a connection stands: worker.azure.EndpointState."""

    @property
    def connection(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def deployment(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def opens_in_s(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """
    What only the running loop knows, read whenever it is asked for.

    *lacks* says which credentials of the operator's connections have not been read yet, None when all of them have.
    """

    in_flight: Callable[[], int]
    is_connected: Callable[[], bool]
    lacks: Callable[[], str | None] = lambda: None
    deployments: Callable[[], Sequence[DeploymentState]] = tuple
    endpoints: Callable[[], Sequence[EndpointState]] = tuple


class Health(Listener):
    """What `/health/ready` and `/status` tell. *wall_clock* gives Unix seconds."""

    def __init__(self, *, version: str, permits: int, wall_clock: Callable[[], float] = time.time) -> None:
        self._version = version
        self._permits = permits
        self._wall_clock = wall_clock
        self._started_s = wall_clock()
        self._vitals: Vitals | None = None
        self._is_leaving = False
        self._recollection = Recollection(wall_clock)

    def watch(self, vitals: Vitals) -> None:
        """The loop runs from now on."""
        self._vitals = vitals

    def of(self, kind: type[Event]) -> Hear | None:
        """See Listener."""
        return self._leave if kind in {DrainStarted, Stopped} else self._recollection.of(kind)

    def unready(self) -> str | None:
        """Why no more jobs are taken; None while they are. What the service says of limits is no reason."""
        if self._is_leaving:
            return "draining"
        if self._vitals is None:
            return "starting"
        if not self._vitals.is_connected():
            return "broker unreachable"
        return self._vitals.lacks()

    def status(self) -> dict[str, object]:
        """Plain JSON values; the same for a person and a program."""
        vitals, recollection = self._vitals, self._recollection
        return {
            "version": self._version,
            "ready": self.unready() is None,
            "reason": self.unready(),
            "uptimeSeconds": round(self._wall_clock() - self._started_s),
            "broker": {"connected": bool(vitals and vitals.is_connected())},
            "jobs": {
                "inFlight": vitals.in_flight() if vitals else 0,
                "permits": self._permits,
                **recollection.jobs(),
            },
            "connections": [_shown(state) for state in vitals.endpoints()] if vitals else [],
            "deployments": [self._stands(state) for state in vitals.deployments()] if vitals else [],
            "templates": recollection.templates(),
            "lastErrors": recollection.errors(),
            "lastTroubles": recollection.troubles(),
        }

    def _leave(self, _event: Event) -> None:
        self._is_leaving = True

    def _stands(self, state: DeploymentState) -> dict[str, object]:
        return {
            "deployment": state.deployment,
            "host": state.host,
            "callsInFlight": state.under_way,
            "callsWaiting": state.waiting,
            "permits": state.permits,
            "closedForSeconds": round(state.closed_for_s, 1),
            **self._recollection.left(state.deployment, state.host),
        }


def _shown(state: EndpointState) -> dict[str, object]:
    return {
        "connection": state.connection,
        "host": state.host,
        "deployment": state.deployment,
        "breaker": state.state,
        "opensInSeconds": round(state.opens_in_s, 1),
    }
