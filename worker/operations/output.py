"""`output`: an answer and the circumstances of its call; and how the answers of several calls become one."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from worker import prices
from worker.events import Consumed
from worker.operations.model import Answer, Result, Usage
from worker.wire import Reply, Target

__all__ = ["assembled", "consumed_by", "cost_of", "output_of", "priced", "total_cost", "total_usage"]


class _Circumstances(msgspec.Struct, frozen=True, rename="camel"):
    """*duration* is in seconds."""

    deployment: str
    request_id: str | None
    attempts: int
    duration: float
    documents: Sequence[object] | UnsetType


_encode = msgspec.json.Encoder().encode


def output_of(
    answer: Answer, reply: Reply, target: Target, *, documents: Sequence[object] | UnsetType = UNSET
) -> msgspec.Raw:
    """
    The JSON text of `output`: all fields of *answer*, its cost, and how *reply* came about.

    *documents* are the references to its files, in order; not set, there is no such field.
    """
    circumstances = _Circumstances(
        deployment=(reply.answered_by or target).deployment,
        request_id=reply.request_id,
        attempts=reply.attempts,
        duration=round(reply.duration_s * 1000) / 1000,  # to digits it would take ten times as long
        documents=documents,
    )
    shown = _encode(_with_cost(answer))
    return msgspec.Raw(b"".join((memoryview(shown)[:-1], b",", _encode(circumstances)[1:])))  # it may have megabytes


def priced(come_to: Result) -> Result:
    """The same with the answer's cost in it."""
    return replace(come_to, answer=_with_cost(come_to.answer))


def _with_cost(answer: Answer) -> Answer:
    if answer.cost is not None:
        return answer
    cost = cost_of(answer)
    return answer if cost == answer.cost else replace(answer, cost=cost)


def consumed_by(answer: Answer) -> Consumed | None:
    """What is reported of an answer that is priced; None where no tokens were counted."""
    used = answer.usage
    if used is None:
        return None
    return Consumed(
        model=answer.model,
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cached_tokens=used.cached_tokens,
        reasoning_tokens=used.reasoning_tokens,
        cost_usd=answer.cost,
    )


def cost_of(answer: Answer) -> float | None:
    """US dollars, None where the price is not known or no tokens were counted."""
    if answer.cost is not None or answer.usage is None:
        return answer.cost
    used = answer.usage
    return prices.cost_usd(
        answer.model,
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cached_tokens=used.cached_tokens,
    )


def total_cost(answers: Sequence[Answer]) -> float | None:
    """The cost of all calls, None where that of one is not known."""
    costs = [cost_of(answer) for answer in answers]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if costs and len(known) == len(costs) else None


def total_usage(answers: Sequence[Answer]) -> Usage | None:
    """The tokens of all calls, None where none was counted."""
    counted = [answer.usage for answer in answers if answer.usage is not None]
    if not counted:
        return None
    return Usage(**{name: sum(getattr(usage, name) for usage in counted) for name in Usage.__struct_fields__})


def assembled(replies: Sequence[Reply], body: object) -> Reply:
    """
    One reply that stands for *replies*, of which there is at least one.

    Its body is *body* as JSON and its headers are the last one's. Attempts and seconds are added up: what was spent,
    not what passed while calls ran side by side.
    """
    return replace(
        replies[-1],
        status=200,
        reason="OK",
        body=_encode(body),
        attempts=sum(reply.attempts for reply in replies),
        duration_s=sum(reply.duration_s for reply in replies),
    )
