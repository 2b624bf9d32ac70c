"""The door to the service: one call in, one reply out, whatever its status."""

from collections.abc import Awaitable
from typing import Final

from msgspec.structs import replace

from worker.azure.identities import Identities
from worker.azure.limits import Limiter, LimitOptions, Shares
from worker.azure.options import AzureOptions
from worker.azure.retry import is_worth_it, next_delay_s
from worker.azure.routing import Breakers, EndpointState, Journey, Outcome, Router, Surroundings, host_of, moved
from worker.azure.sending import Sender, Sending, TimeLimit, Timing
from worker.azure.transport import DefaultTransport, Transport
from worker.connections import Entra, Limits, Route, Routes
from worker.errors import CallError, ConnectorError, SignInRefused, Throttled, TimedOut
from worker.events import CallRepeated, FailedOver, Observe
from worker.identity import Credential, credential
from worker.timers import Timers
from worker.wire import Behalf, Call, Reply

__all__ = ["Azure"]

_NOBODY: Final = Behalf()


class Azure:
    """
    Asks the service.

    *transport* None means a pool of its own, opened with the first call. Every exchange is reported as CallFinished,
    the refused one before a second key included, every wait for another as CallRepeated, and every other endpoint as
    FailedOver. *limiter* says when a call may go; None means one of its own that knows no quotas.
    """

    def __init__(
        self,
        options: AzureOptions,
        *,
        transport: Transport | None = None,
        observe: Observe,
        limiter: Limiter | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._options = options
        self._transport = transport or DefaultTransport(options)
        self._identities = Identities(self._credential)
        self._observe = observe
        self._timing = timing or Timing()
        self._clock = self._timing.clock
        self._timers = Timers()
        self._limiter = limiter or Limiter(LimitOptions(), clock=self._clock)
        self._sender = Sender(
            options=options,
            transport=self._transport,
            identities=self._identities,
            limiter=self._limiter,
            observe=observe,
            timing=self._timing,
        )
        self._shares = Shares(patience_s=options.max_wait_s, clock=self._clock)
        breakers = Breakers(clock=self._clock, observe=observe)
        self._router = Router(Surroundings(breakers, self._lane_wait_s, self._timing.chance))

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf = _NOBODY) -> Reply:
        """
        Bring the service's answer to *call*, made for the first of *routes*, within *timeout_s* seconds all in all.

        A 401 is asked once more, with the connection's secondary key if there is one, or with a new token. What may
        pass (408, 409, 429, 5xx, the network) is asked again: at once where there is another endpoint, else as `retry`
        says, as long as the waits fit. Calls wait for their deployment's turn, and those of one owner do not hold up
        another's; see Behalf. Where there are several endpoints, the reply says whose it is. Raises CallError where no
        usable answer came, and TaskError where the call cannot be made at all.
        """
        started_s, route = self._clock(), routes.routes[0]
        way = self._sender.way(route)
        sending = Sending(
            request=way.request(call),
            way=way,
            call=call,
            route=route,
            by=by,
            most_attempts=call.most_attempts or self._options.max_attempts,
            ends_s=started_s + timeout_s,
        )
        if timeout_s <= 0:
            raise _too_late(timeout_s)
        try:
            with TimeLimit(timeout_s, self._timers):
                outcome = await self._outcome(sending, routes)
        except TimeoutError:  # the cause is our own cancellation and says nothing
            is_asked = sending.attempts or sending.way.signs_in  # or it is signing in
            raise (_too_late(timeout_s) if is_asked else Throttled(wait_s=timeout_s)) from None
        if isinstance(outcome, ConnectorError):
            raise outcome
        took_s, by_whom = self._clock() - started_s, sending.route.target if routes.routes[1:] else None
        return replace(outcome, duration_s=took_s, attempts=sending.attempts, answered_by=by_whom)

    def endpoints(self) -> list[EndpointState]:
        """How the endpoints of connections with several of them stand, those that have been asked."""
        return self._router.snapshot()

    async def close(self) -> None:
        """Close every connection. Calls under way fail as Unreachable, and none may follow."""
        await self._identities.close()
        await self._transport.close()

    def _credential(self, identity: Entra) -> Credential:
        """Its sign-in server may be a task's choice, so that one too is reached through the guard."""
        ours = self._transport
        guarded = ours.for_azure_core() if isinstance(ours, DefaultTransport) else None
        return credential(identity, ca_file=self._options.ca_file, transport=guarded)

    def _lane_wait_s(self, route: Route) -> float:
        return self._limiter.wait_s(route.target)

    def _outcome(self, sending: Sending, routes: Routes) -> Awaitable[Outcome]:
        limits = routes.limits
        if limits is None or not limits.are_shared:
            return self._sent(sending, routes)
        return self._in_share(sending, routes, limits)

    async def _in_share(self, sending: Sending, routes: Routes, limits: Limits) -> Outcome:
        owner, ends_s = sending.by.owner, sending.ends_s
        async with self._shares.turn(routes.name, limits, sending.call, owner=owner, ends_s=ends_s):
            return await self._sent(sending, routes)

    async def _sent(self, sending: Sending, routes: Routes) -> Outcome:
        """What the last exchange came to, after as many as it takes."""
        if routes.routes[1:]:
            return await self._along(sending, self._router.journey(sending.call, routes, mask=sending.by.mask))
        if sending.way.signs_in:
            await self._sender.sign_in(sending)
        while True:
            outcome = await self._sender.answered(sending)
            if isinstance(outcome, CallError):
                sending.broken_off += outcome.broke_off
            worth_it = is_worth_it(outcome, broken_off=sending.broken_off)
            wait_s = self._wait_s(sending, outcome, attempt=sending.attempts) if worth_it else None
            if wait_s is None:
                return outcome
            await self._pause(sending, outcome, wait_s)

    async def _along(self, sending: Sending, journey: Journey) -> Outcome:
        """Likewise where there are several endpoints: all that may be asked are, before anything is waited for."""
        made, here = sending.call, sending.route.target
        rounds, wait_s = 0, journey.start()
        while True:
            if wait_s:
                if not self._fits(sending, wait_s):
                    return journey.closed(wait_s)
                await self._timing.sleep(wait_s)
                wait_s = journey.start()
                continue
            sending.route = route = journey.route
            sending.call = moved(made, here, route.target)
            outcome = await self._leg(sending, journey)
            if journey.goes_on(outcome, may_go=sending.attempts < sending.most_attempts):
                self._observe(_failed_over(outcome, route, journey, sending.by))
                continue
            rounds, verdict = rounds + 1, journey.verdict()
            pause_s = self._wait_s(sending, verdict, attempt=rounds) if journey.passes else None
            if pause_s is None or not self._fits(sending, pause_s := max(pause_s, journey.soonest_s())):
                self._router.remember(made, verdict, route)
                return verdict
            await self._pause(sending, verdict, pause_s)
            wait_s = journey.start()

    async def _leg(self, sending: Sending, journey: Journey) -> Outcome:
        """What one endpoint makes of the call; the journey is told what that says of the endpoint."""
        outcome: Outcome | None = None
        try:
            sending.way = self._sender.way(sending.route)
            sending.request, sending.token_of = sending.way.request(sending.call), None
            sending.may_renew = True
            if sending.way.signs_in:
                await self._sender.sign_in(sending)
            outcome = await self._sender.answered(sending)
        except (CallError, SignInRefused) as error:  # of the sign-in server, which is not the endpoint
            return error
        else:
            return outcome
        finally:
            journey.ended(outcome)

    def _wait_s(self, sending: Sending, outcome: Outcome, *, attempt: int) -> float | None:
        """How long to wait for the next attempt after *attempt* of them, None where there is none."""
        if sending.attempts >= sending.most_attempts or not isinstance(outcome, Reply | CallError):
            return None
        left_s, most_s = sending.ends_s - self._clock(), self._options.max_wait_s
        return next_delay_s(attempt, outcome, left_s=left_s, most_s=most_s, jitter=self._timing.chance())

    def _fits(self, sending: Sending, wait_s: float) -> bool:
        return wait_s <= self._options.max_wait_s and wait_s < sending.ends_s - self._clock()

    async def _pause(self, sending: Sending, outcome: Outcome, wait_s: float) -> None:
        status = outcome.status if isinstance(outcome, Reply) else None
        name, attempts = sending.by.mask(sending.route.target.deployment), sending.attempts
        self._observe(CallRepeated(deployment=name, status=status, attempts=attempts, wait_s=wait_s))
        await self._timing.sleep(wait_s)


def _too_late(timeout_s: float) -> TimedOut:
    return TimedOut(f"no complete answer within {timeout_s:g} s (the task's own time-out)")


def _failed_over(outcome: Outcome, left: Route, journey: Journey, by: Behalf) -> FailedOver:
    now = journey.route
    return FailedOver(
        connection=journey.name,
        host=by.mask(host_of(left)),
        deployment=by.mask(left.target.deployment),
        cause=str(outcome.status) if isinstance(outcome, Reply) else outcome.reason,
        to_host=by.mask(host_of(now)),
        to_deployment=by.mask(now.target.deployment),
    )
