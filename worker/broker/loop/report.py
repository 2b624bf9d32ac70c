"""Telling the broker what became of a job, until it has heard it."""

from collections.abc import Awaitable
from typing import Final, assert_never

from msgspec.structs import replace

from worker.broker.gateway import Gateway, GatewayError, GatewayUnavailable, JobGone, Refused, TooLarge
from worker.broker.loop.lease import Lease
from worker.broker.loop.options import LoopOptions
from worker.broker.loop.timing import Backoff, Timing
from worker.errors import ResultTooLarge
from worker.events import HandlerCrashed, JobHandedBack, JobReported, LeaseLost, Observe, ReportRefused, ReportRepeated
from worker.job import Job
from worker.outcome import Complete, Fail, Outcome, Throw, biggest

__all__ = ["Reporter"]

_NOTHING: Final = b"{}"
_SHORT: Final = 1000  # characters of a message that was refused the first time


class Reporter:
    """
    Carries outcomes out.

    An answer has been paid for, so a report that fails is repeated, with growing pauses, as long as the job is
    ours; the lease goes on being renewed meanwhile. What the broker cannot take becomes an incident that says so,
    instead of a job that is handed out, paid for and refused again.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        options: LoopOptions,
        observe: Observe,
        timing: Timing,
    ) -> None:
        self._gateway = gateway
        self._options = options
        self._observe = observe
        self._timing = timing
        self.clock = timing.clock

    async def report(self, lease: Lease, outcome: Outcome) -> Outcome | None:
        """
        Tell the broker *outcome*; gives what it has heard, which is another one where it refused that.

        None where it has heard nothing: a LeaseLost event has said why.
        """
        lease.is_reporting = True
        pauses: Backoff | None = None
        may_have_heard = False
        while self._timing.clock() < lease.ends_s:
            try:
                await self._send(lease.job.key, outcome)
            except JobGone as error:
                if may_have_heard:
                    return outcome
                self.lost(lease, str(error))
                return None
            except Refused as error:
                instead = _instead(outcome, error)
                if instead is None:
                    self.lost(lease, f"the broker refuses the outcome: {error}")
                    return None
                self._observe(ReportRefused(job=lease.job, cause=str(error)))
                outcome = instead
            except GatewayError as error:
                may_have_heard |= isinstance(error, GatewayUnavailable)
                pauses = pauses or self._timing.backoff(self._options.backoff_first_s, self._options.backoff_most_s)
                pause_s = pauses.next_s()
                self._observe(ReportRepeated(job=lease.job, cause=str(error), retry_in_s=pause_s))
                await self._timing.sleep(pause_s)
            else:
                return outcome
        self.lost(lease, "its lease ended before the broker took the outcome")
        return None

    async def give_back(self, job: Job) -> None:
        """Let the broker hand *job* to somebody else, its retries unchanged."""
        outcome = Fail(
            retries=max(1, job.retries),
            message="given back by a worker that has no room for it or is stopping",
            backoff_s=self._options.return_backoff_s,
        )
        if await self.report(Lease(job), outcome):
            self._observe(JobHandedBack(job=job))

    def heard(self, job: Job, outcome: Outcome, *, taken_s: float) -> None:
        """The broker knows that *outcome* became of the job that reached us at *taken_s* of `clock`."""
        self._observe(JobReported(job=job, outcome=outcome, took_s=self.clock() - taken_s))
        if not isinstance(outcome, Fail):
            self._options.when_done(job)

    def crashed(self, job: Job, error: Exception) -> Outcome:
        """What *job* comes to when *error*, a bug, has ended the work on it."""
        self._observe(HandlerCrashed(job=job, error=error))
        return Fail(
            retries=max(0, job.retries - 1),
            message=f"the worker failed on this job ({type(error).__name__}); its log says more",
            backoff_s=self._options.crash_backoff_s,
        )

    def lost(self, lease: Lease, cause: str) -> None:
        """There is nothing (more) to report."""
        self._observe(LeaseLost(job=lease.job, cause=cause))

    def _send(self, key: int, outcome: Outcome) -> Awaitable[object]:
        match outcome:
            case Complete(variables=variables):
                return self._gateway.complete(key, variables=variables)
            case Fail(retries=retries, message=message, backoff_s=backoff_s, variables=variables):
                return self._gateway.fail(
                    key, retries=retries, message=message, backoff_s=backoff_s, variables=variables
                )
            case Throw(error_code=error_code, message=message, variables=variables):
                return self._gateway.throw(key, error_code=error_code, message=message, variables=variables)
            case _:
                assert_never(outcome)


def _instead(outcome: Outcome, error: Refused) -> Outcome | None:
    """What to say after *outcome* was refused; None when even that was."""
    if isinstance(outcome, Fail):
        bare = replace(outcome, variables=_NOTHING, message=outcome.message[:_SHORT])
        return None if bare == outcome else bare
    size = len(outcome.variables)
    if isinstance(error, TooLarge):
        message = (
            f"{ResultTooLarge.reason}: the result, {size:,} bytes of JSON, is larger than the broker takes ({error}); "
            f"{biggest(outcome.variables)}; map only what the process needs with a result expression, or raise the "
            "broker's maximum message size"
        )
    else:
        message = f"the broker refused the result, {size:,} bytes of JSON: {error}"
    return Fail(retries=0, message=message)
