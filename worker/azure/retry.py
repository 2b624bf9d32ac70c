"""Whether a call is worth sending again, and when. Pure: clock and chance are arguments."""

from typing import Final

from worker.error_bodies import stated
from worker.errors import CallError, Unreachable
from worker.retry_after import asked_delay_s
from worker.wire import Reply

__all__ = ["is_worth_it", "next_delay_s"]

_FIRST_S: Final = 0.5
_MOST_S: Final = 8.0
_CHANCE: Final = 0.25  # of our own delay, so that calls which failed together do not come back together
_TOO_MANY: Final = 429
_PASSING: Final = frozenset({408, 409, _TOO_MANY})
_FIRST_REFUSAL: Final = 300  # below it is an answer, which has come
_FIRST_SERVER_ERROR: Final = 500
_NO_BUDGET: Final = "insufficient_quota"  # a 429 that no waiting mends


def is_worth_it(outcome: Reply | CallError, *, broken_off: int) -> bool:
    """
    Whether sending the same call again can help.

    `x-should-retry` has the last word. *broken_off* counts the exchanges of this call that broke in the middle, this
    one included: each may be charged for without an answer, so only the first is repeated.
    """
    match outcome:
        case Reply():
            return outcome.status >= _FIRST_REFUSAL and _says_so(outcome)
        case _ if outcome.broke_off:
            return broken_off <= 1
        case _:
            return isinstance(outcome, Unreachable)


def next_delay_s(
    attempt: int, outcome: Reply | CallError, *, left_s: float, most_s: float, jitter: float
) -> float | None:
    """
    Seconds to wait before the next attempt, or None to give up.

    *attempt* counts from 1. What the service asks for beats our own curve: 0.5, 1, 2, 4, 8, 8 … s, minus up to a
    quarter. A wait that is longer than *most_s*, or leaves nothing of *left_s*, is never started. *jitter*, in [0, 1),
    is drawn by the caller.
    """
    asked_s = asked_delay_s(outcome) if isinstance(outcome, Reply) else None
    own_s = min(_MOST_S, _FIRST_S * 2.0 ** min(attempt - 1, 10)) * (1 - _CHANCE * jitter)
    delay_s = asked_s or own_s  # an asked 0 says nothing: at once is what has just failed
    return delay_s if delay_s <= most_s and delay_s < left_s else None


def _says_so(reply: Reply) -> bool:
    told = reply.header("x-should-retry")
    if told is not None and (told := told.strip().lower()) in {"true", "false"}:
        return told == "true"
    if reply.status == _TOO_MANY and _NO_BUDGET in stated(reply).codes:
        return False
    return reply.status in _PASSING or reply.status >= _FIRST_SERVER_ERROR
