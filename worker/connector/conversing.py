"""Asks the service what an operation asks, until the operation has its result."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import chain

import msgspec

from worker import refusals
from worker.connections import Routes
from worker.connector.ports import Service
from worker.connector.run import Run
from worker.errors import ConnectorError, TimedOut
from worker.inputs import Task
from worker.operations import Batch, Conversation, Result, joined
from worker.secrets import Redactor
from worker.wire import Behalf, Call, Reply, Target

__all__ = ["Plan", "conversed"]


class Plan(msgspec.Struct, frozen=True):
    """
    What a job is about to do: ask one of *routes* what the *conversation* wants to know.

    *target* is the first one's, by which what was asked is known, whichever answers.
    """

    task: Task
    target: Target
    routes: Routes
    conversation: Conversation


async def conversed(
    plan: Plan,
    run: Run,
    service: Service,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> Result:
    """What the conversation of *plan* comes to, all of it within the task's time-out."""
    wanted, limits = plan.task.options.timeout, plan.routes.limits
    longest = limits.timeout if limits else None
    ends_s = clock() + (wanted if longest is None else min(wanted, longest)).total_seconds()
    heard = _heard(_Caller(plan, service, clock, ends_s, _behalf(run)), run)
    said = _said(plan.conversation, None)
    while isinstance(said, Batch):
        if said.delay_s:
            _check_delay(said.delay_s, left_s=ends_s - clock())
            await sleep(said.delay_s)
        if len(said.calls) == 1 and not said.tolerates:  # the usual case: no task of its own for one call
            said = _said(plan.conversation, [await heard(said.calls[0])])
        else:
            said = _said(plan.conversation, await _asked(said, heard))
    return said


def _said(conversation: Conversation, replies: Sequence[Reply | ConnectorError] | None) -> Batch | Result:
    """What it asks next, told the *replies* to what it asked before, or its result."""
    try:
        return next(conversation) if replies is None else conversation.send(replies)
    except StopIteration as end:
        result: Result = end.value
        return result


class _Caller(msgspec.Struct):
    """Asks *service* what *plan* wants to know, *by* whom it is for; all of it is over at *ends_s* of *clock*."""

    plan: Plan
    service: Service
    clock: Callable[[], float]
    ends_s: float
    by: Behalf

    async def ask(self, call: Call) -> Reply:
        """The service's own answer."""
        left_s = self.ends_s - self.clock()
        timeout_s = left_s if call.timeout_s is None else min(left_s, call.timeout_s)
        reply = await self.service.ask(call, self.plan.routes, timeout_s=timeout_s, by=self.by)
        if call.joins_streams and reply.body[:1] != b"{":  # the usual answer, which needs no closer look
            reply = joined(reply)
        if refusals.is_refusal(reply):
            raise refusals.refusal(reply)
        return reply


def _behalf(run: Run) -> Behalf:
    return Behalf(f"{run.job.tenant_id}/{run.job.bpmn_process_id}", run.redactor.text, run.trace)


def _heard(caller: _Caller, run: Run) -> Callable[[Call], Awaitable[Reply]]:
    """What brings the answer to one call: what was kept, else the service's own; noted where there are notes."""
    notes, answers = run.notes, run.answers
    ask = notes.of_service(caller.ask) if notes else caller.ask
    if answers is not None:
        ask = partial(answers.through, caller.plan.target, ask, is_public=partial(_is_public, redactor=run.redactor))
    return notes.of(ask) if notes else ask


def _check_delay(delay_s: float, *, left_s: float) -> None:
    if delay_s >= left_s:
        raise TimedOut(f"the next attempt in {delay_s:g} s would outlive the task's options.timeout")


async def _asked(batch: Batch, ask: Callable[[Call], Awaitable[Reply]]) -> list[Reply | ConnectorError]:
    """The replies of *batch* in its order; the first failure that is not tolerated ends all others."""
    room = asyncio.Semaphore(batch.concurrency)

    async def one(call: Call) -> Reply | ConnectorError:
        async with room:
            try:
                return await ask(call)
            except batch.tolerates as error:
                return error

    try:
        async with asyncio.TaskGroup() as tasks:
            begun = [tasks.create_task(one(call)) for call in batch.calls]
    except* ConnectorError as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in begun]


def _is_public(reply: Reply, *, redactor: Redactor) -> bool:
    lines = "\n".join([reply.reason, *chain.from_iterable(reply.headers)])
    if "\\" in lines:  # hardly ever; each line by itself then, since one may be JSON
        return not any(map(redactor.is_in, [reply.body, *map(str.encode, lines.split("\n"))]))
    return not (redactor.is_in(lines.encode()) or redactor.is_in(reply.body))
