"""The door to the service: one call in, one reply out, whatever its status."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from worker.azure.fact import Circumstances, fact_of
from worker.azure.identities import Identities, entra_of, masked
from worker.azure.limits import Limiter, LimitOptions
from worker.azure.options import AzureOptions
from worker.azure.request import Request, Way
from worker.azure.retry import is_worth_it, next_delay_s
from worker.azure.transport import DefaultTransport, Timeouts, Transport
from worker.connections import Connection, Entra
from worker.errors import CallError, Throttled, TimedOut
from worker.events import CallQueued, CallRepeated, FirstKeyRefused, Observe
from worker.identity import Credential, credential
from worker.memo import Memo
from worker.trace import Draw, current
from worker.wire import Behalf, Call, Reply, Target

__all__ = ["Azure", "Timing"]

_REFUSED = 401
_NOBODY: Final = Behalf()
_WORTH_TELLING_S: Final = 0.01  # of waiting for a turn; less is the loop being busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A clock in seconds that never goes back, how to sleep, a draw from [0, 1), and one of a number of bits."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    draw: Draw = random.getrandbits


@dataclass(slots=True, kw_only=True)
class _Sending:
    """A request that is sent, again and again if need be. *anew* is tried once, after a 401, and may know another."""

    request: Request
    anew: Callable[["_Sending"], Awaitable[Request | None]] | None
    way: Way
    call: Call
    target: Target
    connection: Connection
    by: Behalf
    most_attempts: int
    ends_s: float
    token_of: Connection | None = None
    attempts: int = 0
    broken_off: int = 0


class Azure:
    """
    Asks the service.

    *transport* None means a pool of its own, opened with the first call. Every exchange is reported as CallFinished,
    the refused one before a second key included, and every wait for another as CallRepeated. *limiter* says when a
    call may go; None means one of its own that knows no quotas.
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
        self._timeouts = Timeouts(connect_s=options.connect_timeout_s, read_s=options.read_timeout_s)
        self._observe = observe
        self._timing = timing or Timing()
        self._clock = self._timing.clock
        self._limiter = limiter or Limiter(LimitOptions(), clock=self._clock)
        self._ways: Memo[Way] = Memo()

    async def ask(
        self, call: Call, target: Target, connection: Connection, *, timeout_s: float, by: Behalf = _NOBODY
    ) -> Reply:
        """
        Bring the service's answer to *call*, of any status, within *timeout_s* seconds all in all.

        A 401 is asked once more, with the connection's secondary key if there is one, or with a new token. What may
        pass (408, 409, 429, 5xx, the network) is asked again as `retry` says, as long as the waits fit. Calls wait for
        their deployment's turn, and those of one owner do not hold up another's; see Behalf. Raises CallError where no
        usable answer came, and TaskError where the call cannot be made at all.
        """
        started_s = self._clock()
        way = self._ways.get(target, connection)
        if way is None:
            way = self._ways.keep(Way(target, connection, self._options), target, connection)
        signs_in = entra_of(connection) is not None
        sending = _Sending(
            request=way.request(call),
            anew=self._with_another_token if signs_in else self._with_second_key,
            way=way,
            call=call,
            target=target,
            connection=connection,
            by=by,
            most_attempts=call.most_attempts or self._options.max_attempts,
            ends_s=started_s + timeout_s,
        )
        if timeout_s <= 0:
            raise _too_late(timeout_s)
        try:
            async with asyncio.timeout(timeout_s):
                if signs_in:
                    sending.request = await self._signed_in(sending)
                outcome = await self._outcome(sending)
        except TimeoutError:  # the cause is our own cancellation and says nothing
            raise (_too_late(timeout_s) if sending.attempts or signs_in else Throttled(wait_s=timeout_s)) from None
        if isinstance(outcome, CallError):
            raise outcome
        return replace(outcome, duration_s=self._clock() - started_s, attempts=sending.attempts)

    async def close(self) -> None:
        """Close every connection. Calls under way fail as Unreachable, and none may follow."""
        await self._identities.close()
        await self._transport.close()

    def _credential(self, identity: Entra) -> Credential:
        """Its sign-in server may be a task's choice, so that one too is reached through the guard."""
        ours = self._transport
        guarded = ours.for_azure_core() if isinstance(ours, DefaultTransport) else None
        return credential(identity, ca_file=self._options.ca_file, transport=guarded)

    async def _signed_in(self, sending: _Sending, *, refused: Connection | None = None) -> Request:
        ours, target = sending.connection, sending.target
        sending.token_of = signed_in = await self._identities.signed_in(ours, target, refused=refused)
        return Way(target, signed_in, self._options).request(sending.call)

    async def _with_another_token(self, sending: _Sending) -> Request:
        return await self._signed_in(sending, refused=sending.token_of)

    async def _with_second_key(self, sending: _Sending) -> Request | None:
        second = sending.way.second_request(sending.call)
        if second is not None:
            self._observe(FirstKeyRefused(deployment=sending.by.mask(sending.target.deployment)))
        return second

    async def _outcome(self, sending: _Sending) -> Reply | CallError:
        """What the last exchange came to, after as many as it takes."""
        while True:
            outcome = await self._in_turn(sending)
            if isinstance(outcome, Reply) and outcome.status == _REFUSED and sending.anew is not None:
                another, sending.anew = await sending.anew(sending), None
                if another is not None:
                    sending.request = another
                    continue
            wait_s = self._wait_s(sending, outcome)
            if wait_s is None:
                return outcome
            status = outcome.status if isinstance(outcome, Reply) else None
            name, attempts = sending.by.mask(sending.target.deployment), sending.attempts
            self._observe(CallRepeated(deployment=name, status=status, attempts=attempts, wait_s=wait_s))
            await self._timing.sleep(wait_s)

    async def _in_turn(self, sending: _Sending) -> Reply | CallError:
        ends_s = sending.ends_s
        async with self._limiter.turn(sending.target, sending.call, by=sending.by, ends_s=ends_s) as turn:
            if turn.waited_s >= _WORTH_TELLING_S:
                self._observe(CallQueued(deployment=sending.target.deployment, wait_s=turn.waited_s))
            turn.outcome = outcome = await self._exchange(sending)
        return outcome

    def _wait_s(self, sending: _Sending, outcome: Reply | CallError) -> float | None:
        """How long to wait for the next attempt, None where there is none."""
        if isinstance(outcome, CallError):
            sending.broken_off += outcome.broke_off
        if sending.attempts >= sending.most_attempts or not is_worth_it(outcome, broken_off=sending.broken_off):
            return None
        left_s = sending.ends_s - self._clock()
        most_s = self._options.max_wait_s
        return next_delay_s(sending.attempts, outcome, left_s=left_s, most_s=most_s, jitter=self._timing.chance())

    async def _exchange(self, sending: _Sending) -> Reply | CallError:
        sending.attempts += 1
        above = current.get()
        trace = above.child(self._timing.draw) if above else None
        out = sending.request
        headers = {**trace.headers(), **out.headers} if trace else out.headers  # who sets one himself has his reasons
        started_s = self._clock()
        outcome: Reply | CallError | None = None  # for when it is broken off
        try:
            reply = await self._transport.send(out.method, out.url, headers, out.body, timeouts=self._timeouts)
        except CallError as error:
            outcome = error
        else:
            outcome = reply if sending.token_of is None else masked(reply, sending.token_of)
        finally:
            name, took_s = sending.target.deployment, self._clock() - started_s
            around = Circumstances(name, out.url, sending.attempts, took_s, trace, sending.by.mask)
            self._observe(fact_of(outcome, around))
        return outcome


def _too_late(timeout_s: float) -> TimedOut:
    return TimedOut(f"no complete answer within {timeout_s:g} s (the task's own time-out)")
