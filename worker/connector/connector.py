"""The data path: one job in, one outcome out."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from worker import azure, envelope, prices, refusals, trace, verdict
from worker.connections import Choice, Connection
from worker.connector.access import Access, check_identity
from worker.connector.ports import Documents, JobAnswers, Service
from worker.connector.side_by_side import asked
from worker.errors import ConnectorError, InvalidResponse, TimedOut
from worker.events import Consumed, JobFinished, Observe, Warned
from worker.expressions import Expressions, Ruling
from worker.inputs import Task, TaskHeaders, parse_headers, parse_task
from worker.job import Job
from worker.operations import Asking, Batch, Conversation, Result, consumed_by, joined, priced
from worker.outcome import Fail, Outcome
from worker.secrets import Redactor
from worker.trace import Draw, Trace
from worker.wire import Behalf, Call, Reply, Target

__all__ = ["Connector", "Preview"]


# A failure that the error expression or the answer itself is the reason for: the next attempt asks anew.
_ANSWER_IS_NO_GOOD = (None, InvalidResponse.reason)
_LARGE = 200_000  # bytes of a response beyond which its expressions are evaluated beside the event loop


@dataclass(slots=True)
class _Run:
    """What is known of one job so far; a failure is reported with as much of it as there is."""

    job: Job
    headers: TaskHeaders = field(default_factory=TaskHeaders)
    task: Task | None = None
    redactor: Redactor = field(default_factory=Redactor)
    answers: JobAnswers | None = None
    target: Target | None = None
    provider: str | None = None
    consumed: Consumed | None = None
    reply: Reply | None = None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """
    Does one job after the other, any number at a time. Holds nothing between jobs.

    *samples*: whether the spans of a trace that begins with the job are kept.
    """

    service: Service
    access: Access
    expressions: Expressions
    _: KW_ONLY
    observe: Observe
    clock: Callable[[], float]
    documents: Documents | None = None
    answers_of: Callable[[Job], JobAnswers] | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Draw = random.getrandbits
    samples: bool = False

    async def run(self, job: Job) -> Outcome:
        """What the broker is to hear about *job*. Never raises a ConnectorError; the outcome holds no secret."""
        started_s = self.clock()
        run = _Run(job, answers=self.answers_of(job) if self.answers_of else None)
        reason = None
        try:
            outcome = await self._done(run)
        except ConnectorError as error:
            reason = error.reason
            run.reply = error.reply or run.reply
            outcome = self._failed(run, error)
        if run.answers and isinstance(outcome, Fail) and reason in _ANSWER_IS_NO_GOOD:
            await run.answers.forget()
        self.observe(
            JobFinished(
                job=job,
                operation=run.task.operation.name if run.task else None,
                outcome=outcome,
                reason=reason,
                duration_s=self.clock() - started_s,
                provider=run.provider,
                deployment=run.redactor.text(run.target.deployment) if run.target else None,
                consumed=run.consumed,
                request_id=run.redactor.text(run.reply.request_id) if run.reply and run.reply.request_id else None,
                trace=run.trace or trace.begin(self.draw, is_sampled=self.samples),
            )
        )
        return outcome

    async def preview(self, job: Job) -> "Preview | Outcome":
        """What *job* would ask first, without asking it; or what the broker is to hear where it cannot ask at all."""
        run = _Run(job)
        try:
            plan = await self._plan(run)
            return Preview(next(plan.conversation), plan.target, plan.choice.connection, run.redactor)
        except ConnectorError as error:
            return self._failed(run, error)

    async def _plan(self, run: _Run) -> "_Plan":
        run.task = task = parse_task(run.job.variables)
        above, state = task.options.traceparent, task.options.tracestate
        run.trace = trace.begin(self.draw, traceparent=above, state=state, is_sampled=self.samples)
        operation = task.operation
        choice, headers, run.redactor = await self.access.grant(task, run.job)
        target = azure.resolve(
            choice.connection,
            deployment=choice.deployment,
            api_version=choice.api_version,
            scope=operation.scope,
            default_api_version=operation.default_api_version or azure.DEFAULT_API_VERSION,
        )
        run.target, run.provider = target, choice.connection.provider
        check_identity(task, target)
        for advice in target.warnings:
            self.observe(Warned(job=run.job, advice=run.redactor.text(advice)))
        stores = self.documents is not None
        asking = Asking(target=target, extras=task.options, headers=headers, stores_files=stores)
        return _Plan(task, target, choice, operation.converse(task.input, asking))

    async def _done(self, run: _Run) -> Outcome:
        run.headers = parse_headers(run.job)
        plan = await self._plan(run)
        if not prices.are_loaded():  # off the loop, which has other jobs to keep alive
            await asyncio.to_thread(prices.load)
        trace.current.set(run.trace)
        come_to = priced(await self._converse(plan, run))
        run.reply, run.consumed = come_to.reply, consumed_by(come_to.answer)
        documents = [await self.documents.keep(file) for file in come_to.files] if self.documents else []
        response = run.redactor.json(envelope.result(come_to, plan.target, documents=documents))
        if len(response) > _LARGE and (run.headers.result_expression or run.headers.error_expression):
            return await asyncio.to_thread(self._success, run, plan.task, response)  # other jobs go on meanwhile
        return self._success(run, plan.task, response)

    def _success(self, run: _Run, task: Task, response: bytes) -> Outcome:
        headers, given = run.headers, task.variables
        variables = self.expressions.mapped(headers.result_expression, headers.result_variable, response, given)
        if headers.error_expression is None:
            return verdict.completed(variables)
        ruling = self.expressions.ruling_on_success(headers.error_expression, response, variables, given, run.job)
        return verdict.completed(variables) if ruling is None else verdict.ruled(ruling)

    def _failed(self, run: _Run, error: ConnectorError) -> Outcome:
        shown = {**run.redactor.mapping(envelope.error_variables(error)), "code": error.code}  # boundaries match on it
        message = run.redactor.text(f"{error.reason}: {error}")
        try:
            ruling = self._ruling(run, error, shown)
            if ruling is not None:
                return verdict.ruled(ruling)
        except ConnectorError as broken:  # the expression's own fault must not hide what it was to judge
            error, message = broken, f"{broken.reason}: {broken} (it was to judge this: {message})"
        variables = msgspec.json.encode({"error": shown})
        return verdict.failed(
            run.job, error, message=message, variables=variables, backoff_s=run.headers.retry_backoff_s
        )

    def _ruling(self, run: _Run, error: ConnectorError, shown: Mapping[str, object]) -> Ruling | None:
        if run.headers.error_expression is None:
            return None
        response = run.redactor.mapping(envelope.response_variables(error))
        given = run.task.variables if run.task else {}
        return self.expressions.ruling_on_failure(run.headers.error_expression, shown, response, given, run.job)

    async def _converse(self, plan: "_Plan", run: _Run) -> Result:
        """Ask what the operation asks, until it has its result; all of it within the task's time-out."""
        by = Behalf(f"{run.job.tenant_id}/{run.job.bpmn_process_id}", run.redactor.text)
        wanted, longest = plan.task.options.timeout, plan.choice.limits.timeout
        ends_s = self.clock() + min(wanted, longest or wanted).total_seconds()

        async def service(call: Call) -> Reply:
            left_s = ends_s - self.clock()
            timeout_s = left_s if call.timeout_s is None else min(left_s, call.timeout_s)
            connection = plan.choice.connection
            reply = await self.service.ask(call, plan.target, connection, timeout_s=timeout_s, by=by)
            reply = joined(reply) if call.streams else reply
            if refusals.is_refusal(reply):
                raise refusals.refusal(reply)
            return reply

        async def ask(call: Call) -> Reply:
            if run.answers is None:
                return await service(call)
            is_public = partial(_is_public, redactor=run.redactor)
            return await run.answers.through(call, plan.target, partial(service, call), is_public=is_public)

        try:
            batch = next(plan.conversation)
            while True:
                if batch.delay_s:
                    await self._wait(batch.delay_s, ends_s)
                batch = plan.conversation.send(await asked(batch, ask))
        except StopIteration as end:
            result: Result = end.value
            return result

    async def _wait(self, delay_s: float, ends_s: float) -> None:
        if self.clock() + delay_s >= ends_s:
            raise TimedOut(f"the next attempt in {delay_s:g} s would outlive the task's options.timeout")
        await self.sleep(delay_s)


class _Plan(NamedTuple):
    task: Task
    target: Target
    choice: Choice
    conversation: Conversation


class Preview(NamedTuple):
    """What a job would ask first, where and as whom; *redactor* masks what must not be shown."""

    batch: Batch
    target: Target
    connection: Connection
    redactor: Redactor


def _is_public(reply: Reply, *, redactor: Redactor) -> bool:
    return not redactor.is_in(reply.body) and not any(redactor.is_in(value.encode()) for _, value in reply.headers)
