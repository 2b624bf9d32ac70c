"""One job on its way through the real data path, and every channel by which somebody else could see something of it."""

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.canary import CREDENTIALS, Canary
from tests.made import a_job, a_reply, a_task
from worker.azure import Azure, AzureOptions, Timeouts, request
from worker.cli.trying.one_job import shown
from worker.connections import Connections, NamedConnection
from worker.connector import Access, Connector, Preview
from worker.documents import DocumentFolder
from worker.events import Event, HandlerCrashed
from worker.expressions import Expressions
from worker.history import Answers, Key, RecentAnswers
from worker.job import Job
from worker.outcome import Outcome
from worker.secrets import EnvironmentSecrets, FileSecrets, Policy, Secrets
from worker.telemetry import Logs
from worker.telemetry.management.health import Health
from worker.telemetry.metrics import Metrics, exposed
from worker.wire import Reply

__all__ = ["CANARIES", "HIDDEN", "OPERATORS", "OWN", "STOLEN", "Attack", "leaks", "seen"]

STOLEN, OWN, OPERATORS, HIDDEN = (Canary() for _ in range(4))
CANARIES = {"another's key": STOLEN, "the task's own key": OWN, "the operator's key": OPERATORS, "a name": HIDDEN}
_CREDENTIALS = CREDENTIALS | {"x-own"}  # where the task's own key belongs, at its own endpoint


@dataclass(frozen=True)
class Attack:
    """
    What an attacker has put into a task, its process or the service's answer.

    *says* are the service's answers in turn, the last one for ever. *secrets* stand in the environment beside the keys,
    *unprefixed* ones without the prefix that makes a variable a secret, *shared* ones in a store that others use too,
    *files* in a folder, of which `mounted` is the one that is meant.
    """

    task: Any = field(default_factory=a_task)
    says: Reply | Exception | Sequence[Reply] = field(default_factory=a_reply)
    headers: Mapping[str, str] = field(default_factory=lambda: {"resultVariable": "result"})
    policy: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    unprefixed: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Any] = field(default_factory=dict)
    variables: bytes | None = None

    def job(self) -> Job:
        """The job that it comes with."""
        job = a_job(self.task, headers=self.headers)
        return job if self.variables is None else _with(job, self.variables)


@dataclass
class _Service:
    """The transport: says what the attack has it say, and keeps what was sent."""

    answers: list[Reply | Exception]
    sent: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeouts: Timeouts
    ) -> Reply:
        del timeouts
        self.sent.append((method, url, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is open."""


class _Store:
    """Keeps answers, to be looked into."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []

    async def find(self, _key: Key) -> bytes | None:
        """Nothing was kept before."""
        return None

    async def keep(self, key: Key, answer: bytes) -> None:
        """Keep it, with what a database has of its key."""
        self.answers += (key.request, answer)

    async def forget(self, _job_key: int) -> None:
        """What was kept stays to be seen."""

    async def close(self) -> None:
        """Nothing is open."""


async def seen(attack: Attack, folder: Path) -> dict[str, str]:
    """By channel, all that leaves the worker other than as a credential of the endpoint that it is for."""
    events: list[Event] = []
    store = _Store()
    says: list[Reply | Exception] = list(attack.says) if isinstance(attack.says, Sequence) else [attack.says]
    service = _Service(says)
    azure = Azure(AzureOptions(max_attempts=1), transport=service, observe=events.append)
    access = _access(attack, folder)
    connector = Connector(
        azure,
        access,
        Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5),
        documents=DocumentFolder(folder / "documents"),
        answers_of=Answers(RecentAnswers(max_bytes=10_000_000), [store], observe=events.append).of,
        observe=events.append,
        clock=lambda: 0.0,
    )
    job = attack.job()
    reported = await _reported(connector, job, events)
    preview = await connector.preview(job)
    return {
        "a request": "\n".join(_sent(service)),
        "a report": reported,
        "the log": _logged(events),
        "the numbers": _counted(events),
        "kept answers": repr(store.answers),
        "documents": repr([file.read_bytes() for file in (folder / "documents").glob("*") if file.is_file()]),
        "the dry run": _previewed(preview),
        "a repr": repr((access, preview, connector.preview)),
    }


def leaks(channels: Mapping[str, str]) -> list[str]:
    """Which secret is seen where."""
    return [
        f"{channel}: {whose}, {form}"
        for channel, text in channels.items()
        for whose, canary in CANARIES.items()
        if not (channel == "a request" and canary is HIDDEN)  # a host's name is in its address
        if (form := canary.is_in(text.encode("utf-8", "surrogatepass")))
    ]


def _access(attack: Attack, folder: Path) -> Access:
    values = {"S_AZURE_OPENAI_API_KEY": OWN.key, "S_STOLEN": STOLEN.key, "S_MAIN": OPERATORS.key}
    values |= {**{f"S_{name}": value for name, value in attack.secrets.items()}, **attack.unprefixed}
    for name, text in attack.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shared = EnvironmentSecrets(attack.shared, prefix="")
    shared.is_shared = True
    sources = EnvironmentSecrets(values, prefix="S_"), FileSecrets(folder / "mounted"), shared
    main = {"resource": "main", "authentication": {"type": "apiKey", "apiKey": "{{secrets.MAIN}}"}, **attack.named}
    named = NamedConnection.model_validate(main)
    return Access(Secrets(*sources, policy=Policy.model_validate(attack.policy)), Connections({"main": named}))


async def _reported(connector: Connector, job: Job, events: list[Event]) -> str:
    try:
        outcome: Outcome = await connector.run(job)
    except RuntimeError as bug:  # stands for any: the job loop takes them all
        events.append(HandlerCrashed(job=job, error=bug))
        return ""
    return f"{outcome!r} {outcome.variables.decode(errors='replace')}"


def _sent(service: _Service) -> list[str]:
    sent = []
    for method, url, headers, body in service.sent:
        is_foreign = "evil" in url
        rest = {name: text for name, text in headers.items() if is_foreign or name not in _CREDENTIALS}
        sent += [method, url, repr(rest), body.decode(errors="replace")]
    return sent


def _logged(events: list[Event]) -> str:
    written = io.BytesIO()
    stderr = io.TextIOWrapper(written, encoding="utf-8", errors="backslashreplace", write_through=True)
    with contextlib.redirect_stderr(stderr):
        for logs in (Logs(level="debug", form="json"), Logs(level="debug", form="pretty")):
            for event in events:
                logs(event)
    return written.getvalue().decode()


def _counted(events: list[Event]) -> str:
    metrics, health = Metrics(version="1", permits=1), Health(version="1", permits=1)
    for event in events:
        metrics(event)
        health(event)
    return f"{exposed(metrics.instruments)} {health.status()}"


def _previewed(preview: Preview | Outcome) -> str:
    if not isinstance(preview, Preview):
        return repr(preview)
    out = [request(call, preview.target, preview.connection, AzureOptions()) for call in preview.batch.calls]
    return repr([shown(each, preview) for each in out])


def _with(job: Job, variables: bytes) -> Job:
    return replace(job, variables=variables)
