"""Builds of the worker from which one guard has been taken: what an attack is first seen to work against."""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.attacks.secrets.line import STOLEN, Attack, leaks, seen
from worker import verdict
from worker.connections import Connections, NamedConnection, Wish
from worker.connector import connector, conversing, judging
from worker.connector.run import Run
from worker.inputs import parse_headers, parse_task
from worker.secrets import EnvironmentSecrets, Policy, Redactor, placeholders, redact, vault
from worker.secrets.placeholders import fill
from worker.telemetry.logs import lines, logs
from worker.wire import Behalf, Call

Weaken = Callable[[pytest.MonkeyPatch], None]


def _stolen(name: str) -> str:
    return STOLEN.key if name == "STOLEN" else f"{{{{secrets.{name}}}}}"


def _filled(value: Any) -> Any:
    match value:
        case str():
            return fill(value, _stolen)
        case list():
            return [_filled(part) for part in value]
        case dict():
            return {fill(key, _stolen): _filled(part) for key, part in value.items()}
        case _:
            return value


def fills_all_text(patch: pytest.MonkeyPatch) -> None:
    """Fills the text of the variables before it is read, as Camunda's runtime does."""
    filled = partial(fill, value_of=lambda name: json.dumps(_stolen(name))[1:-1])
    patch.setattr(connector, "parse_task", lambda text: parse_task(filled(text.decode()).encode()))


def fills_all_strings(patch: pytest.MonkeyPatch) -> None:
    """Fills every string once the variables have been read."""
    patch.setattr(connector, "parse_task", lambda text: parse_task(json.dumps(_filled(json.loads(text))).encode()))


def fills_what_is_built(patch: pytest.MonkeyPatch) -> None:
    """Fills a request when it is ready to go."""
    real = conversing.conversed

    class Filling:
        def __init__(self, service: Any) -> None:
            self._service = service

        async def ask(self, call: Call, *rest: Any, **named: Any) -> Any:
            return await self._service.ask(
                replace(call, body=fill(call.body.decode(), _stolen).encode()), *rest, **named
            )

    patch.setattr(connector, "conversed", lambda plan, run, service, **how: real(plan, run, Filling(service), **how))


def fills_expressions(patch: pytest.MonkeyPatch) -> None:
    """Fills the task's headers, in which the expressions stand."""
    real = parse_headers

    def filled(job: Any) -> Any:
        headers = {name: text.replace("{{secrets.STOLEN}}", STOLEN.core) for name, text in job.headers.items()}
        return real(replace(job, headers=headers))

    patch.setattr(connector, "parse_headers", filled)


def fills_results(patch: pytest.MonkeyPatch) -> None:
    """Fills what goes back into the process."""
    real = verdict.completed
    patch.setattr(verdict, "completed", lambda text: real(fill(text.decode(), _stolen).encode()))


def fills_again(patch: pytest.MonkeyPatch) -> None:
    """Fills once more what has been filled."""
    patch.setattr(vault, "fill", lambda text, value_of: fill(fill(text, value_of), _stolen))


def allows_all(patch: pytest.MonkeyPatch) -> None:
    """Knows no allow-list."""
    patch.setattr(Policy, "refuses", lambda *_: False)


def opens_every_store(patch: pytest.MonkeyPatch) -> None:
    """Lets tasks read a store in which others keep their secrets too."""
    patch.setattr(Policy, "opens_shared_stores", True)


def has_no_prefix(patch: pytest.MonkeyPatch) -> None:
    """Takes every variable of the process for a secret, as Camunda's connectors did up to 8.8."""
    real = EnvironmentSecrets.__init__

    def without(self: EnvironmentSecrets, environment: Any, **how: Any) -> None:
        real(self, {**environment, **{f"S_{name}": text for name, text in environment.items()}}, **how)

    patch.setattr(EnvironmentSecrets, "__init__", without)


def takes_any_name(patch: pytest.MonkeyPatch) -> None:
    """Takes whatever stands between the braces for a name."""
    patch.setattr(placeholders, "_BRACKETED", re.compile(r"\{\{secrets\.(?P<curly>[^}]+)\}\}(?P<angle>)"))


def overrides_all(patch: pytest.MonkeyPatch) -> None:
    """Puts what a task says over what the operator says, without a question."""
    patch.setattr("worker.connections.named._check_overrides", lambda *_: None)
    patch.setattr(Wish, "goes_elsewhere", False)


def serves_all(patch: pytest.MonkeyPatch) -> None:
    """Asks nobody who he is."""
    patch.setattr(NamedConnection, "admits", lambda *_: True)
    patch.setattr(Connections, "named", lambda self, wish, _: self._named.get(wish.connection.name))


def masks_nothing(patch: pytest.MonkeyPatch) -> None:
    """Has no masking."""
    for name in ("text", "json", "own_json", "raw", "value", "mapping"):
        patch.setattr(Redactor, name, lambda _self, given: given)
    patch.setattr(Redactor, "is_in", lambda *_: False)


def masks_the_plain_value(patch: pytest.MonkeyPatch) -> None:
    """Masks a value as it is, and knows no other spelling."""
    patch.setattr(redact, "_searched", _shortest_first)
    patch.setattr(Redactor, "is_in", lambda self, text: any(form in text for form in self._bytes))


def masks_the_first_value(patch: pytest.MonkeyPatch) -> None:
    """Masks the value that is found first, the shortest, and so leaves the rest of a longer one."""
    patch.setattr(redact, "_searched", _shortest_first)


def masks_no_numbers(patch: pytest.MonkeyPatch) -> None:
    """Looks at strings alone."""
    real = Redactor.value
    patch.setattr(Redactor, "value", lambda self, given: given if isinstance(given, int | float) else real(self, given))


def masks_no_reports(patch: pytest.MonkeyPatch) -> None:
    """Reports of calls what the service says and where it was asked."""
    patch.setattr(conversing, "Behalf", lambda owner, *_: Behalf(owner))
    real = Run.finished

    def finished(self: Run, *given: Any, **how: Any) -> Any:
        self.redactor = Redactor()
        return real(self, *given, **how)

    patch.setattr(Run, "finished", finished)


def masks_no_rulings(patch: pytest.MonkeyPatch) -> None:
    """Takes what an expression has made for clean, since what it was made of was."""
    patch.setattr(judging, "_masked", lambda outcome, _: outcome)
    patch.setattr(Redactor, "own_json", lambda _self, text: text)


def masks_no_model(patch: pytest.MonkeyPatch) -> None:
    """Counts under the model's name, whatever the service says that it is."""
    patch.setattr(Run, "_consumed", lambda self: self.consumed)


def masks_no_files(patch: pytest.MonkeyPatch) -> None:
    """Stores a file as it came."""
    patch.setattr(Redactor, "raw", lambda _self, content: content)


def keeps_all(patch: pytest.MonkeyPatch) -> None:
    """Keeps every answer for a job that comes again."""
    patch.setattr(conversing, "_is_public", lambda *_, **__: True)


def logs_errors(patch: pytest.MonkeyPatch) -> None:
    """Logs the text of an error of our own."""
    crashed = next(kind for kind in lines.LINES if kind.__name__ == "HandlerCrashed")
    told = {**lines.LINES, crashed: lines.LINES[crashed]._replace(facts=lambda event: {"error": repr(event.error)})}
    patch.setattr(logs, "LINES", told)


def logs_jobs(patch: pytest.MonkeyPatch) -> None:
    """Logs a job with its variables."""
    finished = next(kind for kind in lines.LINES if kind.__name__ == "Complete")
    told = {**lines.LINES, finished: lines.LINES[finished]._replace(facts=lambda event: {"job": repr(event.job)})}
    patch.setattr(logs, "LINES", told)


def _shortest_first(values: frozenset[str]) -> tuple[list[str], list[bytes]]:
    forms = sorted(values, key=len)
    return forms, [form.encode() for form in forms]


async def check(weaken: Weaken, attack: Attack, folder: Path) -> None:
    """See that *attack* works against the weakened build, and gets nothing out of ours. AssertionError where not."""
    with pytest.MonkeyPatch.context() as patch:
        weaken(patch)
        assert leaks(await seen(attack, folder / "weak")), "the attack is harmless"

    assert [] == leaks(await seen(attack, folder / "strong"))
