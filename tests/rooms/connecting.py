"""The data path with a fake service behind it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.made import KEY, a_reply
from worker.connections import Connection, Connections, Routes
from worker.connector import Access, Connector
from worker.errors import ConnectorError
from worker.events import Event
from worker.expressions import Expressions
from worker.job import Job
from worker.outcome import Outcome
from worker.secrets import EnvironmentSecrets, Secrets
from worker.trace import Trace
from worker.wire import Behalf, Call, Reply, Target


@dataclass
class FakeService:
    """Answers every call with *says*, a second later, and remembers what it was asked."""

    says: Reply | ConnectorError = field(default_factory=a_reply)
    asked: list[tuple[Call, Target, Connection, float]] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    traces: list[Trace | None] = field(default_factory=list)
    now_s: float = 0.0

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf) -> Reply:
        self.owners.append(by.owner)
        self.traces.append(by.trace)
        target, connection, *_ = routes.first
        self.asked.append((call, target, connection, timeout_s))
        self.now_s += 1.0
        if isinstance(self.says, ConnectorError):
            raise self.says
        return self.says


@dataclass
class Lab:
    """A connector with a fake service, and the events that it reported."""

    service: FakeService = field(default_factory=FakeService)
    events: list[Event] = field(default_factory=list)

    async def run(self, job: Job) -> Outcome:
        source = EnvironmentSecrets({"SECRET_AZURE_OPENAI_API_KEY": KEY, "SECRET_OTHER": "0ther"}, prefix="SECRET_")
        access = Access(Secrets(source), Connections())
        expressions = Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5)
        connector = Connector(
            self.service,
            access,
            expressions,
            observe=self.events.append,
            clock=lambda: self.service.now_s,
            draw=lambda bits: bits,
        )
        return await connector.run(job)
