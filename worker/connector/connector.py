"""The data path: one job in, one outcome out."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import NamedTuple

from worker import azure, envelope, prices, trace
from worker.connections import Choice, Connection, Node, Route, Routes
from worker.connector.access import Access, check_identity
from worker.connector.conversing import Plan, conversed
from worker.connector.judging import failed, succeeded
from worker.connector.notes import Notes
from worker.connector.ports import Documents, History, JobAnswers, Service
from worker.connector.run import Run
from worker.errors import ConnectorError, InvalidResponse
from worker.events import JobBrokenOff, JobFinished, Observe, Warned
from worker.expressions import Expressions
from worker.inputs import Task, parse_headers, parse_task
from worker.job import Job
from worker.memo import Memo
from worker.operations import AnyOperation, Asking, Batch, consumed_by, priced
from worker.outcome import Fail, Outcome
from worker.secrets import Redactor
from worker.trace import Draw, Sampling, Trace
from worker.wire import File, Target

__all__ = ["Connector", "Preview"]


# A failure that the error expression or the answer itself is the reason for: the next attempt asks anew.
_ANSWER_IS_NO_GOOD = (None, InvalidResponse.reason)
_LARGE = 200_000  # bytes of a response beyond which its expressions are evaluated beside the event loop


@dataclass(frozen=True, slots=True)
class Connector:
    """
    Does one job after the other, any number at a time. Holds nothing of a job when it is done.

    *sampling* says which traces have their spans kept.
    """

    service: Service
    access: Access
    expressions: Expressions
    _: KW_ONLY
    observe: Observe
    clock: Callable[[], float]
    documents: Documents | None = None
    answers_of: Callable[[Job], JobAnswers] | None = None
    history: History | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Draw = random.getrandbits
    sampling: Sampling = field(default_factory=Sampling)
    routes: Memo[Routes] = field(default_factory=Memo)

    async def run(self, job: Job) -> Outcome:
        """What the broker is to hear about *job*. Never raises a ConnectorError; the outcome holds no secret."""
        started_s = self.clock()
        answers = self.answers_of(job) if self.answers_of else None
        run = Run(job, answers=answers, notes=Notes(self.history) if self.history else None)
        reason = None
        try:
            outcome = await self._done(run)
        except ConnectorError as error:
            reason = error.reason
            run.reply = error.reply or run.reply
            outcome = failed(run, error, self.expressions)
        except asyncio.CancelledError:
            self._break_off(run, started_s)
            raise
        if run.answers and isinstance(outcome, Fail) and reason in _ANSWER_IS_NO_GOOD:
            await run.answers.forget()
        finished = self._finished(run, outcome, reason, started_s)
        self.observe(finished)
        if run.notes:
            run.notes.tell(finished, run.task, run.redactor)
        return outcome

    def _break_off(self, run: Run, started_s: float) -> None:
        nothing = Fail(retries=run.job.retries, message="")
        told = self._finished(run, nothing, None, started_s)
        self.observe(JobBrokenOff(job=run.job, operation=told.operation, duration_s=told.duration_s, trace=told.trace))
        if run.notes:
            run.notes.tell(told, run.task, run.redactor, is_broken_off=True)

    def _finished(self, run: Run, outcome: Outcome, reason: str | None, started_s: float) -> JobFinished:
        return run.finished(outcome, reason, duration_s=self.clock() - started_s, or_begin=self._new_trace)

    async def preview(self, job: Job) -> "Preview | Outcome":
        """What *job* would ask first, without asking it; or what the broker is to hear where it cannot ask at all."""
        run = Run(job)
        try:
            plan = await self._plan(run)
            return Preview(next(plan.conversation), plan.target, plan.routes.first.connection, run.redactor)
        except ConnectorError as error:
            return failed(run, error, self.expressions)

    def _new_trace(self) -> Trace:
        return trace.begin(self.draw, sampling=self.sampling)

    async def _done(self, run: Run) -> Outcome:
        run.headers = parse_headers(run.job)
        plan = await self._plan(run)
        if not prices.are_loaded():  # off the loop, which has other jobs to keep alive
            await asyncio.to_thread(prices.load)
        come_to = priced(await conversed(plan, run, self.service, clock=self.clock, sleep=self.sleep))
        run.reply, run.consumed = come_to.reply, consumed_by(come_to.answer)
        run.target = come_to.reply.answered_by or plan.target
        documents = await _kept(come_to.files, self.documents, run.redactor) if self.documents else []
        response = run.redactor.json(envelope.result(come_to, plan.target, documents=documents))
        if len(response) > _LARGE and (run.headers.result_expression or run.headers.error_expression):
            return await asyncio.to_thread(succeeded, run, plan.task, response, self.expressions)
        return succeeded(run, plan.task, response, self.expressions)

    async def _plan(self, run: Run) -> Plan:
        run.task = task = parse_task(run.job.variables)
        above, state = task.options.traceparent, task.options.tracestate
        run.trace = trace.begin(self.draw, traceparent=above, state=state, sampling=self.sampling)
        choice, headers, run.redactor = await self.access.grant(task, run.job)
        routes = self._routes(choice, task)
        target, connection, *_ = routes.routes[0]
        run.target, run.provider = target, connection.provider
        for route in routes.routes:
            for advice in route.target.warnings:
                self.observe(Warned(job=run.job, advice=run.redactor.text(advice)))
        stores = self.documents is not None
        asking = Asking(target=target, extras=task.options, headers=headers, stores_files=stores)
        return Plan(task, target, routes, task.operation.converse(task.input, asking))

    def _routes(self, choice: Choice, task: Task) -> Routes:
        """The very same for the same choice, so that whoever is asked can keep what belongs to it."""
        operation = task.operation
        known = self.routes.get(choice, operation)
        if known is not None:
            return known
        routes = tuple(_route(node, operation) for node in choice.nodes)
        for route in routes:
            check_identity(task, route.target)
        return self.routes.keep(Routes(routes, choice.name, choice.limits), choice, operation)


async def _kept(files: Sequence[File], documents: Documents, redactor: Redactor) -> list[object]:
    masked = [replace(file, content=redactor.raw(file.content)) for file in files]
    return [await documents.keep(file) for file in masked]


def _route(node: Node, operation: AnyOperation) -> Route:
    target = azure.resolve(
        node.connection,
        deployment=node.deployment,
        api_version=node.api_version,
        scope=operation.scope,
        default_api_version=operation.default_api_version or azure.DEFAULT_API_VERSION,
    )
    return Route(target, node.connection, node.priority, node.weight)


class Preview(NamedTuple):
    """What a job would ask first, where and as whom; *redactor* masks what must not be shown."""

    batch: Batch
    target: Target
    connection: Connection
    redactor: Redactor
