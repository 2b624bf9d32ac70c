"""The data path: one job in, one outcome out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from worker import azure, envelope, prices, refusals, verdict
from worker.connection import Connection
from worker.errors import ConnectorError
from worker.events import JobFinished, Observe, Warned
from worker.expressions import Expressions, Ruling
from worker.inputs import Task, TaskHeaders, parse_headers, parse_task
from worker.job import Job
from worker.operations import Asking, Batch, Result, joined
from worker.outcome import Outcome
from worker.secrets import Redactor, Secrets
from worker.wire import Call, Reply, Target

__all__ = ["Connector", "Service"]


_LARGE = 200_000  # bytes of a response beyond which its expressions are evaluated beside the event loop


class Service(Protocol):
    """Whoever carries calls to Azure: worker.azure.Azure, or a fake."""

    async def ask(self, call: Call, target: Target, connection: Connection, *, timeout_s: float) -> Reply:
        """The answer, whatever its status. Raises CallError when none came."""


@dataclass(slots=True)
class _Run:
    """What is known of one job so far; a failure is reported with as much of it as there is."""

    job: Job
    headers: TaskHeaders = field(default_factory=TaskHeaders)
    task: Task | None = None
    redactor: Redactor = field(default_factory=Redactor)


class Connector:
    """Does one job after the other, any number at a time. Holds nothing between jobs."""

    def __init__(
        self,
        service: Service,
        secrets: Secrets,
        expressions: Expressions,
        *,
        observe: Observe,
        clock: Callable[[], float],
    ) -> None:
        self._service = service
        self._secrets = secrets
        self._expressions = expressions
        self._observe = observe
        self._clock = clock

    async def run(self, job: Job) -> Outcome:
        """What the broker is to hear about *job*. Never raises a ConnectorError; the outcome holds no secret."""
        started_s = self._clock()
        run = _Run(job)
        reason = None
        try:
            outcome = await self._done(run)
        except ConnectorError as error:
            reason = error.reason
            outcome = self._failed(run, error)
        operation = run.task.operation.name if run.task else None
        took_s = self._clock() - started_s
        self._observe(JobFinished(job=job, operation=operation, outcome=outcome, reason=reason, duration_s=took_s))
        return outcome

    async def _done(self, run: _Run) -> Outcome:
        run.headers = parse_headers(run.job)
        run.task = task = parse_task(run.job.variables)
        connection, run.redactor = self._secrets.fill(task.connection)
        target = azure.resolve(connection, deployment=task.deployment, api_version=task.api_version)
        for advice in target.warnings:
            self._observe(Warned(job=run.job, advice=run.redactor.text(advice)))
        if not prices.are_loaded():  # off the loop, which has other jobs to keep alive
            await asyncio.to_thread(prices.load)
        answer, reply = await self._converse(task, target, connection)
        response = run.redactor.json(envelope.result(reply, answer, target))
        if len(response) > _LARGE and (run.headers.result_expression or run.headers.error_expression):
            return await asyncio.to_thread(self._success, run, task, response)  # other jobs go on meanwhile
        return self._success(run, task, response)

    def _success(self, run: _Run, task: Task, response: bytes) -> Outcome:
        headers, given = run.headers, task.variables
        variables = self._expressions.mapped(headers.result_expression, headers.result_variable, response, given)
        if headers.error_expression is None:
            return verdict.completed(variables)
        ruling = self._expressions.ruling_on_success(headers.error_expression, response, variables, given, run.job)
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
        return self._expressions.ruling_on_failure(run.headers.error_expression, shown, response, given, run.job)

    async def _converse(self, task: Task, target: Target, connection: Connection) -> Result:
        """Ask what the operation asks, until it has its result; all of it within the task's time-out."""
        ends_s = self._clock() + task.options.timeout.total_seconds()

        async def ask(call: Call) -> Reply:
            reply = await self._service.ask(call, target, connection, timeout_s=ends_s - self._clock())
            reply = joined(reply) if call.streams else reply
            if refusals.is_refusal(reply):
                raise refusals.refusal(reply)
            return reply

        conversation = task.operation.converse(task.input, Asking(target=target, extras=task.options))
        try:
            batch = next(conversation)
            while True:
                batch = conversation.send(await _asked(batch, ask))
        except StopIteration as end:
            result: Result = end.value
            return result


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
