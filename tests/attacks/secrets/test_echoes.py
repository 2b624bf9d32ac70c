"""
Attacks by echo: the service, or whatever stands in its place, says a key back, so that it gets to where it can be read.

Each is first seen to work against a build from which one guard has been taken, so none passes by being harmless.
"""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

import pytest
from msgspec.structs import replace

from tests.attacks.secrets.line import OWN, Attack
from tests.attacks.secrets.weak import (
    check,
    masks_nothing,
    masks_the_plain_value,
)
from tests.made import CHAT_REPLY, a_reply, a_task
from worker.errors import InvalidResponse, TimedOut, Unreachable

_KEY: Final = OWN.key
_RAW: Final = {"operation": "rawRequest", "deployment": None}


def _says(text: object, **more: Any) -> Any:
    return a_reply(body={**CHAT_REPLY, "choices": [{"message": {"content": text}}], **more})


def _raw(response_type: str) -> dict[str, Any]:
    return a_task(**_RAW, input={"path": "x", "responseType": response_type})


def _stream(*parts: str) -> Any:
    events = [{"choices": [{"index": 0, "delta": {"content": part}}]} for part in parts]
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return a_reply(body=f"{lines}data: [DONE]\n\n", Content_Type="text/event-stream")


def _as(**authentication: Any) -> dict[str, Any]:
    return a_task(connection={"resource": "my-res", "authentication": authentication})


_BPMN: Final = {"errorExpression": '=bpmnError("a", error.message, {b: error.variables.response.body})'}
_JOB: Final = {"errorExpression": "=jobError(error.message, {h: error.variables.response.headers}, 1)"}
_BROKEN: Final = {"errorExpression": "=jobError(error.message + )"}
_HALVES: Final = {"a": _KEY[:15], "b": _KEY[15:]}
_REFUSED: Final = a_reply(400, {"error": {"message": f"bad key {_KEY}", "code": _KEY}})
# Where a key that is said back gets to
_CHANNELS: Final[Mapping[str, Attack]] = {
    "the answer": Attack(says=_says(f"it is {_KEY}")),
    "a field of the answer": Attack(says=_says("x", echo={"deep": [_KEY]})),
    "the name of a field": Attack(says=_says("x", **{_KEY: 1})),
    "a tool's arguments, JSON inside JSON": Attack(
        says=a_reply(
            body={
                **CHAT_REPLY,
                "choices": [
                    {
                        "message": {
                            "tool_calls": [
                                {"id": "1", "function": {"name": "f", "arguments": json.dumps({"k": [_KEY]})}}
                            ]
                        }
                    }
                ],
            }
        )
    ),
    "a header": Attack(says=a_reply(X_Echo=_KEY)),
    "the name of a header": Attack(says=replace(a_reply(), headers=((f"x{_KEY}", "1"),))),
    "the reason beside the status": Attack(says=a_reply(reason=f"OK {_KEY}")),
    "a refusal": Attack(says=_REFUSED),
    "a refusal's header": Attack(says=a_reply(401, {"error": {"message": "no"}}, X_Echo=_KEY)),
    "a refusal that is a list": Attack(says=a_reply(400, [{"message": _KEY}])),
    "a content filter's verdict": Attack(
        says=a_reply(400, {"error": {"code": "content_filter", "message": _KEY, "innererror": {"k": _KEY}}})
    ),
    "a gateway's page": Attack(says=a_reply(502, f"<p>{_KEY}</p>")),
    "a rate limit": Attack(says=a_reply(429, {"error": {"message": _KEY}})),
    "a page in place of an answer": Attack(says=a_reply(200, f"<html>{_KEY}</html>")),
    "a time-out of our own": Attack(says=TimedOut(f"sent {_KEY}")),
    "a network error of our own": Attack(says=Unreachable(f"no {_KEY}")),
    "an answer that is none": Attack(says=InvalidResponse(f"broken at {_KEY}")),
    "a stream": Attack(task=a_task(input={"content": "x", "stream": True}), says=_stream("it is ", _KEY)),
    "two parts of a stream": Attack(
        task=a_task(input={"content": "x", "stream": True}), says=_stream(_KEY[:15], _KEY[15:])
    ),
    "a raw answer as JSON": Attack(task=_raw("json"), says=a_reply(body={"k": _KEY})),
    "a raw answer as text": Attack(task=_raw("text"), says=a_reply(body=f"k={_KEY}")),
    "a transcript": Attack(
        task=a_task(operation="transcribeAudio", input={"file": {"content": "UklGRg=="}}),
        says=a_reply(body={"text": _KEY}),
    ),
    "a list of models": Attack(
        task=a_task(operation="listModels", deployment=None, input={}), says=a_reply(body={"data": [{"id": _KEY}]})
    ),
    "one of many answers": Attack(
        task=a_task(operation="multipleChatCompletions", input={"prompts": ["a", "b"], "concurrency": 1}),
        says=[a_reply(), _says(_KEY)],
    ),
    "a BPMN error": Attack(says=_REFUSED, headers=_BPMN),
    "a failure with variables of its own": Attack(says=a_reply(400, {}, X_Echo=_KEY), headers=_JOB),
    "an error expression that is broken": Attack(says=_REFUSED, headers=_BROKEN),
    "a result expression": Attack(says=_says(_KEY), headers={"resultExpression": "={k: output.text, all: body}"}),
    "the dry run": Attack(task=_as(type="bearer", token="{{secrets.AZURE_OPENAI_API_KEY}}")),
}


def _deep(text: str) -> str:
    return json.dumps(json.dumps({"a": text}))


def _letters(text: str) -> str:
    """Every letter as JSON's escape for it, as a service may write it."""
    letters = "".join(f"\\u{ord(letter):04x}" for letter in text)
    return json.dumps({**CHAT_REPLY, "echo": "HERE"}).replace("HERE", letters)


def _base64(before: str, *, is_url_safe: bool = False) -> Callable[[str], str]:
    encode = base64.urlsafe_b64encode if is_url_safe else base64.b64encode
    return lambda text: encode(f"{before}{text} and more".encode()).decode()


# How it may be written, so that who looks for the key itself does not see it
_SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "as JSON escapes it": json.dumps,
    "as a URL escapes it": lambda text: quote(text, safe=""),
    "as a URL escapes it, in small letters": lambda text: _small(quote(text, safe="")),
    "as a path escapes it": quote,
    "as a form escapes it": lambda text: quote_plus(text, safe="/"),
    "in a basic header": _base64("user:"),
    "in base64 that is cut in another place": _base64("user1:"),
    "in base64 that is cut in the third place": _base64("users2:"),
    "in a URL's base64": _base64("~~~?user:", is_url_safe=True),
}


def _small(text: str) -> str:
    return "".join(part.lower() if part.startswith("%") else part for part in _percents(text))


def _percents(text: str) -> list[str]:
    parts = []
    while "%" in text:
        before, _, text = text.partition("%")
        parts += [before, f"%{text[:2]}"]
        text = text[2:]
    return [*parts, text]


ATTACKS: Final = {
    **{f"said back in {name}": (masks_nothing, attack) for name, attack in _CHANNELS.items()},
    **{
        f"said back {name}": (masks_the_plain_value, Attack(says=_says(f"it is {write(_KEY)}")))
        for name, write in _SPELLINGS.items()
    },
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_attack(name: str, tmp_path: Path) -> None:
    """With the guard taken away it works; with the guard in its place nothing leaks."""
    await check(*ATTACKS[name], tmp_path)
