"""Sends one call to one endpoint."""

from dataclasses import dataclass, field
from typing import Final

from worker.azure.facts import Circumstances, exchange_of, fact_of
from worker.azure.identities import Identities, masked
from worker.azure.limits import Limiter
from worker.azure.options import AzureOptions
from worker.azure.request import Request, Way
from worker.azure.sending.sending import Sending, Timing
from worker.azure.transport import Timeouts, Transport
from worker.connections import Connection, Route
from worker.errors import CallError, Throttled
from worker.events import CallQueued, FirstKeyRefused, Observe
from worker.memo import Memo
from worker.wire import Reply

__all__ = ["Sender"]

_REFUSED: Final = 401
_WORTH_TELLING_S: Final = 0.01  # of waiting for a turn; less is the loop being busy


@dataclass(slots=True, kw_only=True)
class Sender:
    """
    Sends calls, each to where it is going at the moment.

    Every exchange is reported as CallFinished, the refused one before a second key included.
    """

    options: AzureOptions
    transport: Transport
    identities: Identities
    limiter: Limiter
    observe: Observe
    timing: Timing
    timeouts: Timeouts = field(init=False)
    ways: Memo[Way] = field(default_factory=Memo)

    def __post_init__(self) -> None:
        self.timeouts = Timeouts(connect_s=self.options.connect_timeout_s, read_s=self.options.read_timeout_s)

    def way(self, route: Route) -> Way:
        """How all requests to *route* look. Raises InputError where its headers cannot be sent."""
        return self.ways.get(route) or self.ways.keep(Way(route.target, route.connection, self.options), route)

    async def sign_in(self, sending: Sending, *, refused: Connection | None = None) -> None:
        """Get the token that an identity has instead of a key, another one than in *refused*."""
        target, connection, *_ = sending.route
        sending.token_of = signed_in = await self.identities.signed_in(connection, target, refused=refused)
        sending.request = Way(target, signed_in, self.options).request(sending.call)

    async def answered(self, sending: Sending) -> Reply | CallError:
        """One exchange in its turn, and another with the other key or a new token where the first is refused."""
        target, ends_s = sending.route.target, sending.ends_s
        while True:
            try:
                turn = self.limiter.turn(target, sending.call, by=sending.by, ends_s=ends_s)
                waited_s = 0.0 if turn.comes_at_once() else await turn.wait()
                with turn:
                    if waited_s >= _WORTH_TELLING_S:
                        self.observe(CallQueued(deployment=sending.by.mask(target.deployment), wait_s=waited_s))
                    turn.outcome = outcome = await self._exchange(sending)
            except Throttled as error:
                return error
            if isinstance(outcome, CallError) or outcome.status != _REFUSED or not sending.may_renew:
                return outcome
            sending.may_renew = False
            if not await self._has_another(sending):
                return outcome

    async def _has_another(self, sending: Sending) -> bool:
        if sending.way.signs_in:
            await self.sign_in(sending, refused=sending.token_of)
            return True
        second: Request | None = sending.way.second_request(sending.call)
        if second is None:
            return False
        sending.request = second
        self.observe(FirstKeyRefused(deployment=sending.by.mask(sending.route.target.deployment)))
        return True

    async def _exchange(self, sending: Sending) -> Reply | CallError:
        sending.attempts += 1
        above = sending.by.trace
        trace = above.child(self.timing.draw) if above else None
        out = sending.request
        headers = {**trace.headers(), **out.headers} if trace else out.headers  # who sets one himself has his reasons
        started_s = self.timing.clock()
        outcome: Reply | CallError | None = None  # for when it is broken off
        try:
            reply = await self.transport.send(out.method, out.url, headers, out.body, timeouts=self.timeouts)
        except CallError as error:
            outcome = error
        else:
            outcome = reply if sending.token_of is None else masked(reply, sending.token_of)
        finally:
            (target, connection, *_), mask = sending.route, sending.by.mask
            took_s = self.timing.clock() - started_s
            kept = trace is not None and trace.is_sampled and self.options.describes_exchanges
            about = exchange_of(sending.call, out.url, connection.provider, outcome, mask=mask) if kept else None
            around = Circumstances(target.deployment, out.url, sending.attempts, took_s, trace, mask, about)
            self.observe(fact_of(outcome, around))
        return outcome
