"""One task without a broker: through the very data path that the worker's jobs take."""

import base64
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from worker import app, azure, settings
from worker.connections import Routes
from worker.connector import Connector, Preview, Service
from worker.errors import InputError, TaskError, leaves
from worker.events import Event, Warned
from worker.inputs import VARIABLE
from worker.job import Job
from worker.outcome import Complete, Outcome
from worker.wire import Behalf, Call, Reply

__all__ = ["Desk", "Failure", "advice_for", "reply_of", "shown"]

_RESULT = "result"
_TENANT = "<default>"


@dataclass(frozen=True, slots=True)
class Failure:
    """How it went wrong: what an error expression would see, and the text of the incident."""

    error: Mapping[str, Any]
    message: str

    @property
    def is_of_the_task(self) -> bool:
        """Whether nothing was asked because the task itself is wrong."""
        return self.error["reason"] in {leaf.reason for leaf in leaves(TaskError)}


def advice_for(reason: str) -> str:
    """What to do about an error of that *reason*."""
    found = next((leaf.__doc__ for leaf in leaves() if leaf.reason == reason), None)
    return " ".join((found or "").split())


@dataclass(frozen=True, slots=True)
class _Replayed:
    """Answers every call with the same reply."""

    reply: Reply

    async def ask(self, call: Call, routes: Routes, *, timeout_s: float, by: Behalf) -> Reply:
        del call, routes, timeout_s, by  # whatever is asked
        return self.reply


class Desk:
    """
    Does tasks, each the JSON text of one `azureOpenAI`, with the settings in *environment*; *warn* is told advice.

    SettingsError where a setting is wrong. *most_attempts* None leaves their number to the operator's setting.
    """

    def __init__(
        self, environment: Mapping[str, str], *, warn: Callable[[str], object], most_attempts: int | None = None
    ) -> None:
        self._settings = settings.load(environment)
        self._environment = environment
        self._warn = warn
        self._options = app.azure_options(self._settings)
        if most_attempts is not None:
            self._options = replace(self._options, max_attempts=most_attempts)

    async def envelope(self, task: bytes, *, replayed: Reply | None = None) -> Mapping[str, Any] | Failure:
        """What the process would get for *task*; with a *replayed* reply no call is made."""
        async with AsyncExitStack() as closing:
            if replayed is not None:
                service: Service = _Replayed(replayed)
            else:
                service = real = azure.Azure(self._options, observe=self._observe)
                closing.push_async_callback(real.close)
            outcome = await self._connector(service).run(_job(task))
        return _told(outcome)

    async def requests(self, task: bytes) -> list[dict[str, object]] | Failure:
        """`{method, url, headers, body}` of what *task* would send first, keys masked. Nothing is sent."""
        nothing = Reply(status=0, reason="", headers=(), body=b"")
        seen = await self._connector(_Replayed(nothing)).preview(_job(task))
        if not isinstance(seen, Preview):
            return _failure(seen)
        try:
            out = [azure.request(call, seen.target, seen.connection, self._options) for call in seen.batch.calls]
        except InputError as error:
            message = seen.redactor.text(f"{error.reason}: {error}")
            told = {"code": error.code, "reason": error.reason, "message": seen.redactor.text(str(error))}
            return Failure(told, message)
        return [shown(each, seen) for each in out]

    def _connector(self, service: Service) -> Connector:
        return app.connector_for(self._settings, self._environment, service=service, observe=self._observe)

    def _observe(self, event: Event) -> None:
        if isinstance(event, Warned):
            self._warn(event.advice)


def reply_of(recorded: Mapping[str, Any]) -> Reply:
    """A recorded `{status, headers, json | text}` as a reply. Raises ValueError where it is none."""
    match recorded:
        case {"status": int(status), "headers": dict(headers)}:
            pass
        case {"status": int(status)} if not recorded.get("headers"):
            headers = {}
        case _:
            raise ValueError("the reply to replay: wanted {status, headers, json | text}")
    text = recorded.get("text")
    body = json.dumps(recorded["json"], ensure_ascii=False) if "json" in recorded else str(text or "")
    pairs = [
        (name, each) for name, value in headers.items() for each in (value if isinstance(value, list) else [value])
    ]
    usual = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    return Reply(
        status=status,
        reason=str(recorded.get("reason") or usual),
        headers=tuple((str(name), str(value)) for name, value in pairs),
        body=body.encode(),
    )


def _job(task: bytes) -> Job:
    """A job that no broker knows; its process is nobody's, its result variable ours."""
    return Job(
        key=0,
        type="azure-openai",
        process_instance_key=0,
        bpmn_process_id="",
        process_definition_key=0,
        process_definition_version=0,
        element_id="",
        element_instance_key=0,
        tenant_id=_TENANT,
        retries=1,
        deadline_s=float("inf"),
        headers={"resultVariable": _RESULT},
        variables=b'{"' + VARIABLE.encode() + b'":' + task + b"}",
    )


def _told(outcome: Outcome) -> Mapping[str, Any] | Failure:
    if not isinstance(outcome, Complete):
        return _failure(outcome)
    result: Mapping[str, Any] = json.loads(outcome.variables)[_RESULT]
    return result


def _failure(outcome: Outcome) -> Failure:
    """Without an error expression what is not completed has failed, with the error among its variables."""
    message = "" if isinstance(outcome, Complete) else outcome.message
    return Failure(json.loads(outcome.variables)["error"], message)


def shown(out: azure.Request, seen: Preview) -> dict[str, object]:
    """`{method, url, headers, body}` of *out*, the secrets of *seen* masked."""
    masked = seen.redactor
    return {
        "method": out.method,
        "url": masked.text(out.url),
        "headers": masked.value(dict(out.headers)),
        "body": masked.value(_readable(out.body)),
    }


def _readable(body: bytes) -> object:
    """JSON as it is, else text, null when empty; what is no text in base64."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode()
