"""The data path: one job in, one outcome out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from worker import azure, envelope, prices, refusals, verdict
from worker.access import Access
from worker.connection import Connection
from worker.connections import Choice
from worker.errors import ConnectorError, InvalidResponse, TimedOut
from worker.events import JobFinished, Observe, Warned
from worker.expressions import Expressions, Ruling
from worker.inputs import Task, TaskHeaders, parse_headers, parse_task
from worker.job import Job
from worker.operations import Asking, Batch, Conversation, Result, joined
from worker.outcome import Fail, Outcome
from worker.secrets import Redactor
from worker.wire import Call, File, Reply, Target

__all__ = ["Connector", "Documents", "Preview", "Service"]


# A failure that the error expression or the answer itself is the reason for: the next attempt asks anew.
_ANSWER_IS_NO_GOOD = (None, InvalidResponse.reason)
_LARGE = 200_000  # bytes of a response beyond which its expressions are evaluated beside the event loop


class Service(Protocol):
    """Whoever carries calls to Azure: worker.azure.Azure, or a fake."""

    async def ask(self, call: Call, target: Target, connection: Connection, *, timeout_s: float, owner: str) -> Reply:
        """The answer, whatever its status. Raises CallError when none came. Where calls wait, *owner*s take turns."""


class JobAnswers(Protocol):
    """The answers of one run of a job: worker.history.JobAnswers."""

    async def through(
        self, call: Call, target: Target, ask: Callable[[], Awaitable[Reply]], *, is_public: Callable[[Reply], bool]
    ) -> Reply:
        """What was kept, else what *ask* brings."""

    async def forget(self) -> None:
        """Keep none of them."""


class Documents(Protocol):
    """Whoever keeps generated files."""

    async def keep(self, file: File) -> Mapping[str, object]:
        """A reference to *file*, for the process. Raises DocumentNotStored."""


@dataclass(slots=True)
class _Run:
    """What is known of one job so far; a failure is reported with as much of it as there is."""

    job: Job
    headers: TaskHeaders = field(default_factory=TaskHeaders)
    task: Task | None = None
    redactor: Redactor = field(default_factory=Redactor)
    answers: JobAnswers | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """Does one job after the other, any number at a time. Holds nothing between jobs."""

    service: Service
    access: Access
    expressions: Expressions
    _: KW_ONLY
    observe: Observe
    clock: Callable[[], float]
    documents: Documents | None = None
    answers_of: Callable[[Job], JobAnswers] | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, job: Job) -> Outcome:
        """What the broker is to hear about *job*. Never raises a ConnectorError; the outcome holds no secret."""
        started_s = self.clock()
        run = _Run(job, answers=self.answers_of(job) if self.answers_of else None)
        reason = None
        try:
            outcome = await self._done(run)
        except ConnectorError as error:
            reason = error.reason
            outcome = self._failed(run, error)
        if run.answers and isinstance(outcome, Fail) and reason in _ANSWER_IS_NO_GOOD:
            await run.answers.forget()
        operation = run.task.operation.name if run.task else None
        took_s = self.clock() - started_s
        self.observe(JobFinished(job=job, operation=operation, outcome=outcome, reason=reason, duration_s=took_s))
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
        operation = task.operation
        choice, headers, run.redactor = await self.access.grant(task, run.job)
        target = azure.resolve(
            choice.connection,
            deployment=choice.deployment,
            api_version=choice.api_version,
            scope=operation.scope,
            default_api_version=operation.default_api_version or azure.DEFAULT_API_VERSION,
        )
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
        come_to = await self._converse(plan, run)
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
        owner = f"{run.job.tenant_id}/{run.job.bpmn_process_id}"
        wanted, longest = plan.task.options.timeout, plan.choice.limits.timeout
        ends_s = self.clock() + min(wanted, longest or wanted).total_seconds()

        async def service(call: Call) -> Reply:
            left_s = ends_s - self.clock()
            timeout_s = left_s if call.timeout_s is None else min(left_s, call.timeout_s)
            connection = plan.choice.connection
            reply = await self.service.ask(call, plan.target, connection, timeout_s=timeout_s, owner=owner)
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
                batch = plan.conversation.send(await _asked(batch, ask))
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


async def _asked(batch: Batch, ask: Callable[[Call], Awaitable[Reply]]) -> list[Reply | ConnectorError]:
    """The replies of *batch* in its order; the first failure that is not tolerated ends all others."""
    if len(batch.calls) == 1 and not batch.tolerates:  # the usual case: no task of its own for one call
        return [await ask(batch.calls[0])]
    room = asyncio.Semaphore(batch.concurrency)

    async def one(call: Call) -> Reply | ConnectorError:
        async with room:
            try:
                return await ask(call)
            except batch.tolerates as error:
                return error

    try:
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(one(call)) for call in batch.calls]
    except* ConnectorError as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in asked]
