"""The breakers of every connection that has several endpoints, and what each outcome means to them."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from worker.azure.routing.breaker import Breaker, State
from worker.connections import Route
from worker.error_bodies import stated
from worker.errors import CallError, ConnectorError, Unreachable
from worker.events import BreakerTurned, Observe
from worker.retry_after import asked_delay_s
from worker.wire import Reply

__all__ = ["Breakers", "EndpointState", "Outcome", "host_of"]

Outcome = Reply | ConnectorError

_AT_MOST: Final = 1024  # where the operator leaves the deployment open, tasks name as many as they like
_TOO_MANY: Final = 429
_TIMED_OUT: Final = 408
_FIRST_SERVER_ERROR: Final = 500
_LIMITED_S: Final = 1.0  # where the service does not say how long
_NO_BUDGET: Final = "insufficient_quota"
_NO_BUDGET_S: Final = 60.0

_Key = tuple[str, str, str]


class EndpointState(NamedTuple):
    """How one endpoint of a connection stands; *opens_in_s* is 0 where it takes calls now."""

    connection: str
    host: str
    deployment: str
    state: State
    opens_in_s: float


class _Known(NamedTuple):
    """A breaker, and the names that its endpoint has in reports, where the secrets of jobs are masked."""

    breaker: Breaker
    host: str
    deployment: str


class Breakers:
    """One breaker for each endpoint of each connection, made when it is first asked. Changes are reported."""

    def __init__(self, *, clock: Callable[[], float], observe: Observe) -> None:
        self._clock = clock
        self._observe = observe
        self._known: OrderedDict[_Key, _Known] = OrderedDict()

    def wait_s(self, connection: str, route: Route) -> float:
        """Seconds until *route* may be asked, 0 where it may now."""
        known = self._known.get(_key(connection, route))
        return known.breaker.wait_s(self._clock()) if known else 0.0

    def is_limited(self, connection: str, route: Route) -> bool:
        """Whether *route* is left alone because the service asked for it."""
        known = self._known.get(_key(connection, route))
        return known is not None and known.breaker.is_limited

    def begin(self, connection: str, route: Route, *, mask: Callable[[str], str] = str) -> float:
        """A call goes to *route*; when, which `ended` is to be told. Reports go through *mask*."""
        key, now_s = _key(connection, route), self._clock()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Known(Breaker(), mask(host_of(route)), mask(route.target.deployment))
            if len(self._known) > _AT_MOST:
                self._known.popitem(last=False)
        before = known.breaker.state
        known.breaker.begin(now_s)
        self._report(connection, known, before, "probe")
        return now_s

    def ended(self, connection: str, route: Route, outcome: Outcome | None, *, began_s: float) -> None:
        """What came of the call to *route* that began then; None where that says nothing of the endpoint."""
        known, now_s = self._known.get(_key(connection, route)), self._clock()
        if known is None:
            return
        breaker, before = known.breaker, known.breaker.state
        wait_s = _asked_s(outcome) if isinstance(outcome, Reply) else None
        if wait_s is not None:
            breaker.limited(now_s, wait_s, began_s=began_s)
        elif _is_failure(outcome):
            breaker.failed(now_s, began_s=began_s)
        elif isinstance(outcome, Reply):
            breaker.succeeded(began_s=began_s)
        else:
            breaker.let_go(began_s=began_s)
        self._report(connection, known, before, _cause(outcome))

    def snapshot(self) -> list[EndpointState]:
        """Every endpoint that has been asked, by connection."""
        now_s = self._clock()
        return sorted(
            EndpointState(
                connection=connection,
                host=known.host,
                deployment=known.deployment,
                state=known.breaker.state,
                opens_in_s=known.breaker.wait_s(now_s),
            )
            for (connection, _, _), known in self._known.items()
        )

    def _report(self, connection: str, known: _Known, before: State, cause: str) -> None:
        state = known.breaker.state
        if state == before:
            return
        wait_s = known.breaker.wait_s(self._clock()) if state == "open" else 0.0
        self._observe(
            BreakerTurned(
                connection=connection,
                host=known.host,
                deployment=known.deployment,
                state=state,
                cause=cause,
                wait_s=wait_s,
            )
        )


def host_of(route: Route) -> str:
    """The endpoint's host, with its port where it has one of its own."""
    return urlsplit(route.target.base_url).netloc


def _key(connection: str, route: Route) -> _Key:
    return connection, route.target.base_url, route.target.deployment


def _asked_s(reply: Reply) -> float | None:
    """Seconds that the service is to be left alone, None where it does not mean that."""
    if reply.status == _TOO_MANY:
        return _NO_BUDGET_S if _NO_BUDGET in stated(reply).codes else asked_delay_s(reply) or _LIMITED_S
    return asked_delay_s(reply) or None if reply.status >= _FIRST_SERVER_ERROR else None


def _is_failure(outcome: Outcome | None) -> bool:
    if isinstance(outcome, Reply):
        return outcome.status >= _FIRST_SERVER_ERROR or outcome.status == _TIMED_OUT
    return isinstance(outcome, Unreachable) or (isinstance(outcome, CallError) and outcome.broke_off)


def _cause(outcome: Outcome | None) -> str:
    if outcome is None:
        return "broken off"
    return str(outcome.status) if isinstance(outcome, Reply) else outcome.reason
