"""
Attacks by echo on what is easily forgotten: reports, stores, names, and what is put together from parts.

Each is first seen to work against a build from which one guard has been taken, so none passes by being harmless.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.attacks.secrets.line import HIDDEN, OPERATORS, OWN, Attack, seen
from tests.attacks.secrets.weak import (
    Weaken,
    check,
    keeps_all,
    logs_errors,
    logs_jobs,
    masks_no_files,
    masks_no_model,
    masks_no_numbers,
    masks_no_reports,
    masks_no_rulings,
    masks_nothing,
    masks_the_first_value,
    masks_the_plain_value,
)
from tests.made import CHAT_REPLY, a_reply, a_task
from worker.errors import Unreachable

_KEY: Final = OWN.key
_RAW: Final = {"operation": "rawRequest", "deployment": None}
_HALVES: Final = {"a": _KEY[:15], "b": _KEY[15:]}


def _says(text: object, **more: Any) -> Any:
    return a_reply(body={**CHAT_REPLY, "choices": [{"message": {"content": text}}], **more})


def _raw(response_type: str) -> dict[str, Any]:
    return a_task(**_RAW, input={"path": "x", "responseType": response_type})


def _as(**authentication: Any) -> dict[str, Any]:
    return a_task(connection={"resource": "my-res", "authentication": authentication})


def _letters(text: str) -> str:
    """Every letter as JSON's escape for it, as a service may write it."""
    letters = "".join(f"\\u{ord(letter):04x}" for letter in text)
    return json.dumps({**CHAT_REPLY, "echo": "HERE"}).replace("HERE", letters)


def _in_basic(text: str) -> str:
    return "Basic " + base64.b64encode(f"user:{text}".encode()).decode()


def _hidden(says: Any = None) -> Attack:
    connection = {"authentication": {"type": "none"}, **_HOST}
    return Attack(task=a_task(connection=connection), says=says or a_reply(), secrets={"NAME": HIDDEN.core})


_HOST: Final = {"resource": "{{secrets.NAME}}"}
ATTACKS: Final[Mapping[str, tuple[Weaken, Attack]]] = {
    "every letter escaped": (masks_the_plain_value, Attack(says=a_reply(body=_letters(_KEY)))),
    "an answer that is kept": (keeps_all, Attack(says=_says(_KEY))),
    "a header of an answer that is kept": (keeps_all, Attack(says=a_reply(X_Echo=_KEY))),
    "an escaped answer that is kept": (keeps_all, Attack(says=_says(f'"{_KEY}"\n'))),
    "a part of an answer that is put together": (
        masks_no_rulings,
        Attack(says=_says("x", **_HALVES), headers={"resultExpression": "={k: body.a + body.b}"}),
    ),
    "a part of a refusal that is put together": (
        masks_no_rulings,
        Attack(
            says=a_reply(400, _HALVES),
            headers={
                "errorExpression": '=bpmnError("a", response.body.a + response.body.b)',
            },
        ),
    ),
    "the author's own variables": (
        masks_no_rulings,
        Attack(
            task=a_task(variables={"k": _KEY}),
            says=a_reply(400, {}),
            headers={"errorExpression": "=jobError(variables.k)"},
        ),
    ),
    "the model's name": (masks_no_model, Attack(says=_says("x", model=_KEY))),
    "the request's id": (masks_no_reports, Attack(says=a_reply(x_request_id=_KEY))),
    "the request's id, in a basic header": (
        masks_no_reports,
        Attack(says=a_reply(apim_request_id=_in_basic(_KEY))),
    ),
    "a file that is stored": (
        masks_no_files,
        Attack(
            task=a_task(operation="createSpeech", input={"input": "x", "voice": "alloy"}),
            says=a_reply(body=b"\xff\xfb" + _KEY.encode() + b"\0\xff"),
        ),
    ),
    "a raw file that is stored": (
        masks_no_files,
        Attack(task=_raw("binary"), says=a_reply(body=b"\0" + _KEY.encode(), Content_Type="image/png")),
    ),
    "a bug's text": (logs_errors, Attack(says=RuntimeError(f"never thought that {_KEY} could be"))),
    "the job's variables": (
        logs_jobs,
        Attack(task=_as(type="apiKey", apiKey=_KEY)),
    ),
    "a host that is a secret": (masks_no_reports, _hidden()),
    "a host that is a secret, unreachable": (masks_nothing, _hidden(Unreachable(f"{HIDDEN.core}.x: no"))),
    "a host that is a secret, written in capitals": (
        masks_the_plain_value,
        Attack(
            task=a_task(connection={"authentication": {"type": "none"}, **_HOST}), secrets={"NAME": HIDDEN.core.upper()}
        ),
    ),
    "a deployment that is a secret": (
        masks_no_reports,
        Attack(
            task=a_task(connection={"name": "main"}, deployment=None),
            named={"deployment": "{{secrets.NAME}}"},
            secrets={"NAME": HIDDEN.core},
        ),
    ),
    "advice about a contradiction": (
        masks_nothing,
        Attack(
            task=a_task(connection={"name": "main"}, deployment=None),
            named={
                "resource": None,
                "endpoint": "https://r.openai.azure.com/openai/deployments/other",
                "deployment": "{{secrets.NAME}}",
            },
            secrets={"NAME": HIDDEN.core},
        ),
    ),
    "a secret inside of another": (
        masks_the_first_value,
        Attack(
            task=a_task(
                connection={
                    "resource": "my-res",
                    "authentication": {"type": "apiKey", "apiKey": "{{secrets.AZURE_OPENAI_API_KEY}}"},
                    "headers": {"X-Part": "{{secrets.PART}}"},
                }
            ),
            secrets={"PART": _KEY[:3]},
            says=_says(_KEY),
        ),
    ),
    "a key of the operator's": (
        masks_nothing,
        Attack(task=a_task(connection={"name": "main"}), says=_says(OPERATORS.key)),
    ),
    "a second key": (
        masks_nothing,
        Attack(task=_as(type="apiKey", apiKey="first", secondaryApiKey=_KEY), says=[a_reply(401, {}), _says(_KEY)]),
    ),
    "a bearer token": (masks_nothing, Attack(task=_as(type="bearer", token=_KEY), says=_says(_KEY))),
    "a key that the broker has filled in": (
        masks_nothing,
        Attack(task=_as(type="apiKey", apiKey=_KEY), says=_says(_KEY)),
    ),
    "a header of the connection's": (
        masks_nothing,
        Attack(
            task=a_task(
                connection={"resource": "my-res", "authentication": {"type": "none"}, "headers": {"X-Own": _KEY}}
            ),
            says=_says(_KEY),
        ),
    ),
    "a raw request's own header": (
        masks_nothing,
        Attack(
            task=a_task(**_RAW, input={"path": "x", "headers": {"X-Own": "t={{secrets.AZURE_OPENAI_API_KEY}}"}}),
            says=a_reply(body={"k": f"t={_KEY}"}),
        ),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_attack(name: str, tmp_path: Path) -> None:
    """With the guard taken away it works; with the guard in its place nothing leaks."""
    await check(*ATTACKS[name], tmp_path)


async def test_a_number_may_be_a_secret_too(tmp_path: Path) -> None:
    """A key of digits alone that comes back as a number is masked; a build that looks at strings alone shows it."""
    number = "73519428460257319"
    attack = Attack(task=_as(type="bearer", token=number), says=_says("x", n=int(number)))
    with pytest.MonkeyPatch.context() as patch:
        masks_no_numbers(patch)
        weak = await seen(attack, tmp_path / "weak")
    strong = await seen(attack, tmp_path / "strong")

    assert (True, False) == (number in weak["a report"], number in strong["a report"])


async def test_a_code_is_never_masked(tmp_path: Path) -> None:
    """Boundary events match on it; a secret that happens to be the same text hides in the rest alone."""
    channels = await seen(Attack(task=_as(type="bearer", token="400"), says=a_reply(400, {"n": "400"})), tmp_path)

    assert '"code":"400"' in channels["a report"]
    assert '"n":"***"' in channels["a report"]
