"""One job on its way through the real data path, and everything of it that anybody else could see."""

import base64
import contextlib
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

from tests.made import a_job, a_reply, a_task
from tests.rooms.connecting import FakeService
from worker.azure import AzureOptions, request
from worker.connections import Connections, NamedConnection
from worker.connector import Access, Connector
from worker.errors import ConnectorError
from worker.events import Event
from worker.expressions import Expressions
from worker.outcome import Complete, Fail, Throw
from worker.secrets import EnvironmentSecrets, Policy, Secrets
from worker.wire import Reply

STOLEN = 'c4nary/+"st0len-v4lue'
OWN = 'own/+"k3y-0f-the-t4sk'
OPERATORS = "operat0rs-k3y-for-main"
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}")
CREDENTIALS = frozenset({"api-key", "authorization", "x-own"})


@dataclass(frozen=True)
class Attack:
    """What an attacker has put into a task, its process or the service's answer."""

    task: Mapping[str, Any] = field(default_factory=a_task)
    says: Reply | ConnectorError = field(default_factory=a_reply)
    headers: Mapping[str, str] = field(default_factory=lambda: {"resultVariable": "result"})
    policy: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Any] = field(default_factory=dict)


def forms(value: str) -> set[str]:
    """The value as it may be written."""
    plain = {value, json.dumps(value)[1:-1], quote(value, safe=""), quote_plus(value), quote(value)}
    return plain | {text.lower() for text in plain} | {base64.b64encode(value.encode()).decode()[:-4]}


async def seen(attack: Attack) -> str:
    """Every byte that leaves the worker other than as a credential of the endpoint that it is for."""
    values = {"S_AZURE_OPENAI_API_KEY": OWN, "S_STOLEN": STOLEN, "S_MAIN": OPERATORS}
    values |= {f"S_{name}": value for name, value in attack.secrets.items()}
    secrets = Secrets(EnvironmentSecrets(values, prefix="S_"), policy=Policy.model_validate(attack.policy))
    main = {"resource": "main", "authentication": {"type": "apiKey", "apiKey": "{{secrets.MAIN}}"}, **attack.named}
    access = Access(secrets, Connections({"main": NamedConnection.model_validate(main)}))
    service, events = FakeService(attack.says), list[Event]()
    expressions = Expressions(now=lambda: datetime(2026, 1, 2, tzinfo=UTC), chance=lambda: 0.5)
    connector = Connector(service, access, expressions, observe=events.append, clock=lambda: service.now_s)
    outcome = await connector.run(a_job(attack.task, headers=attack.headers))
    return "\n".join([*_sent(service), *_reported(outcome), repr(events), _logged(events), repr(access)])


def _sent(service: FakeService) -> list[str]:
    sent = []
    for call, target, connection, _ in service.asked:
        out = request(call, target, connection, AzureOptions())
        is_foreign = "evil" in out.url
        shown = {name: text for name, text in out.headers.items() if is_foreign or name not in CREDENTIALS}
        sent += [out.url, repr(shown), call.body.decode(errors="replace"), repr(call), repr(connection)]
    return sent


def _reported(outcome: Complete | Fail | Throw) -> list[str]:
    variables = (outcome.variables or b"{}").decode(errors="replace")
    return [repr(outcome), variables, json.dumps(json.loads(variables), ensure_ascii=False)]


def _logged(events: list[Event]) -> str:
    record = logging.LogRecord("debug", logging.DEBUG, "", 0, "%r", (events,), None)
    return record.getMessage()


def leaks(text: str, *values: str) -> list[str]:
    """Which of *values* stand in *text*, in any form."""
    whole = "\n".join([text, *_unpacked(text)]).replace("\\", "")  # JSON in JSON in a repr: escapes of escapes
    return [value for value in values if any(form.replace("\\", "") in whole for form in forms(value))]


def _unpacked(text: str) -> Iterator[str]:
    """What stands in *text* in base64."""
    for word in _BASE64.findall(text):
        with contextlib.suppress(ValueError):
            yield base64.b64decode(word + "=" * (-len(word) % 4)).decode("latin-1")
