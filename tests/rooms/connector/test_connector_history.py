import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.made import KEY, a_job, a_reply, a_task
from tests.rooms.connecting import FakeService
from tests.waiting import eventually
from worker.connections import Connections, Routes
from worker.connector import Access, Connector
from worker.expressions import Expressions
from worker.history import Answers, RecentAnswers, Told
from worker.job import Job
from worker.outcome import Complete, Fail
from worker.secrets import EnvironmentSecrets, Secrets
from worker.wire import Behalf, Call, Reply

_TWO = a_task(operation="multipleChatCompletions", input={"prompts": ["one", "two"]})


@dataclass
class Listener:
    """Hears what the history is told."""

    heard: list[Told] = field(default_factory=list)

    def record(self, told: Told) -> None:
        self.heard.append(told)


class Silent(FakeService):
    """A service that takes calls and never answers."""

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf) -> Reply:
        reply = await super().ask(call, routes, timeout_s=timeout_s, by=by)
        await asyncio.Event().wait()
        return reply


@dataclass
class Lab:
    """A connector with kept answers and a listener for the history."""

    service: FakeService = field(default_factory=FakeService)
    listener: Listener = field(default_factory=Listener)

    def __post_init__(self) -> None:
        secrets = Secrets(EnvironmentSecrets({"SECRET_AZURE_OPENAI_API_KEY": KEY}, prefix="SECRET_"))
        answers = Answers(RecentAnswers(max_bytes=1_000_000), observe=lambda _: None)
        self.connector = Connector(
            self.service,
            Access(secrets, Connections()),
            Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5),
            observe=lambda _: None,
            clock=lambda: 0.0,
            answers_of=answers.of,
            history=self.listener,
        )

    async def told(self, job: Job) -> Told:
        """What the history hears of one run of *job*."""
        await self.connector.run(job)
        return self.listener.heard[-1]


async def test_an_exchange_is_told() -> None:
    """The call as it was sent, its reply, and what masks the job's secrets."""
    told = await Lab().told(a_job())

    [(call, reply, is_reused)] = told.exchanges
    assert b"What is two and two?" in call.body
    assert (200, False, False) == (reply and reply.status, is_reused, told.is_broken_off)
    assert isinstance(told.finished.outcome, Complete)
    assert "***" == told.masks.text(KEY)


async def test_a_kept_answer_is_told_as_such() -> None:
    """A job that comes again did not pay for its answer, and its entry says so."""
    lab = Lab()
    await lab.told(a_job())
    again = await lab.told(a_job())

    assert [True] == [exchange.is_reused for exchange in again.exchanges]
    assert 1 == len(lab.service.asked)


async def test_all_calls_of_a_job_are_told() -> None:
    """In the order in which they began."""
    told = await Lab().told(a_job(_TWO))

    assert [True, True] == [
        word in call.body for (call, _, _), word in zip(told.exchanges, (b"one", b"two"), strict=True)
    ]


async def test_a_refusal_is_told() -> None:
    """With what the service said, and as whom the job ended."""
    told = await Lab(FakeService(says=a_reply(401, {"error": {"message": "no"}}))).told(a_job())

    assert [401] == [reply and reply.status for _, reply, _ in told.exchanges]
    assert (True, "AUTHENTICATION_FAILED") == (isinstance(told.finished.outcome, Fail), told.finished.reason)


async def test_a_job_that_asks_nothing_is_told() -> None:
    """Its inputs were wrong: there is an entry without an exchange."""
    told = await Lab().told(a_job({"operation": "none"}))

    assert ((), "INVALID_INPUT") == (tuple(told.exchanges), told.finished.reason)


async def test_a_job_that_is_broken_off_is_told() -> None:
    """Its prompt has left the house, so there is an entry; the answer is not known."""
    lab = Lab(Silent())
    running = asyncio.create_task(lab.connector.run(a_job()))
    await eventually(lambda: lab.service.asked, what="the call")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    [told] = lab.listener.heard
    assert told.is_broken_off
    assert [None] == [reply for _, reply, _ in told.exchanges]
