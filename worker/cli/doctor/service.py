"""Whether each connection's endpoints answer and let the worker in, and whether the clocks agree."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Final

from worker import app, azure, refusals
from worker.cli.doctor.finding import Finding
from worker.cli.trying.one_job import advice_for
from worker.connections import NamedConnection, Node, Route, Routes, TaskConnection, Wish, choose
from worker.errors import ConnectorError
from worker.secrets import Redactor
from worker.settings import Settings, configuration_of
from worker.wire import Call, Reply, Scope

__all__ = ["service"]

_PATIENCE_S: Final = 20.0
_SKEW_S: Final = 5.0
_NOT_FOUND: Final = 404
_MODELS: Final = Call(path="models", method="GET", scope=Scope.RESOURCE)
_SYNCHRONIZE: Final = "synchronize this machine's clock (NTP): tokens are refused when it is minutes off"
_TRY: Final = "try `azure-openai-worker test-connection`, which takes an endpoint and a deployment"


async def service(settings: Settings, environment: Mapping[str, str], *, is_offline: bool) -> list[Finding]:
    """Ask each endpoint for its list of models, which costs nothing, and compare its clock with ours."""
    named = configuration_of(settings).connections
    if is_offline or not named:
        why = "not asked (--offline)" if is_offline else f"none is named; {_TRY}"
        return [Finding("connection", name, "skipped", why) for name in named or ["all"]]
    findings: list[Finding] = []
    skews: list[float] = []
    async with AsyncExitStack() as closing:
        options = replace(app.azure_options(settings), max_attempts=1)
        asked = azure.Azure(options, observe=lambda _event: None)
        closing.push_async_callback(asked.close)
        secrets = app.secrets_for(settings, configuration_of(settings), environment)
        closing.push_async_callback(secrets.close)
        for name, connection in named.items():
            path = f"connections.{name}"
            try:
                filled, redactor = await secrets.fill(connection, path, asker=None)
            except ConnectorError as error:
                findings.append(Finding("connection", name, "failed", str(error), advice_for(error.reason)))
                continue
            findings += [one async for one in _asked(name, filled, redactor, asked, skews)]
    return [*findings, *_clock(skews)]


async def _asked(
    name: str, connection: NamedConnection, redactor: Redactor, asked: azure.Azure, skews: list[float]
) -> AsyncIterator[Finding]:
    wish = Wish(connection=TaskConnection(name=name), deployment=None, api_version=None)
    for node in choose(wish, connection).nodes:
        try:
            route = _route(node)
            sent_s = time.time()
            reply = await asked.ask(_MODELS, Routes((route,)), timeout_s=_PATIENCE_S)
            skews += _skew(reply, sent_s)
            yield _judged(name, route, reply, redactor)
        except ConnectorError as error:
            says = redactor.text(f"{error.reason}: {error}")
            yield Finding("connection", name, "failed", says, advice_for(error.reason))


def _route(node: Node) -> Route:
    return Route(
        azure.resolve(
            node.connection,
            deployment=node.deployment,
            api_version=node.api_version,
            scope=Scope.RESOURCE,
            default_api_version=azure.DEFAULT_API_VERSION,
        ),
        node.connection,
    )


def _judged(name: str, route: Route, reply: Reply, redactor: Redactor) -> Finding:
    where, took = redactor.text(route.target.base_url), f"{reply.duration_s:.2f} s"
    if not refusals.is_refusal(reply):
        return Finding("connection", name, "ok", f"{where} lets us in, {took}")
    error = refusals.refusal(reply)
    says = redactor.text(f"{where}: {error.reason}: {error}")
    if reply.status == _NOT_FOUND:  # a gateway such as API Management may publish the chats alone
        return Finding("connection", name, "warning", f"{where} answers, but has no list of models", _TRY)
    return Finding("connection", name, "failed", says, advice_for(error.reason))


def _skew(reply: Reply, sent_s: float) -> list[float]:
    """How far the service's clock is ahead of ours, as far as a whole second and the way there can tell."""
    try:
        theirs_s = parsedate_to_datetime(reply.header("date") or "").timestamp()
    except ValueError:
        return []
    return [theirs_s + 0.5 - (sent_s + time.time()) / 2]


def _clock(skews: list[float]) -> list[Finding]:
    if not skews:
        return [Finding("clock", "skew", "skipped", "no service has told its time")]
    worst = max(skews, key=abs)
    if abs(worst) <= _SKEW_S:
        return [Finding("clock", "skew", "ok", f"{worst:+.1f} s, the service's against ours")]
    return [Finding("clock", "skew", "warning", f"the service's clock is {worst:+.0f} s from ours", _SYNCHRONIZE)]
