"""`azure-openai-worker test-connection`: whether a connection works, and what to do where it does not."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.trying.call import given_task, refuse

if TYPE_CHECKING:
    from worker.cli.trying.one_job import Failure

__all__ = ["check_connection"]

_FAILED = 1
_WRONG = 2
_PATIENCE = "PT30S"
_KEY = "{{secrets.AZURE_OPENAI_API_KEY}}"
_QUESTION = "Answer with the one word: pong"


def check_connection(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="JSON file with `connection`, `deployment` and `apiVersion` as in `azureOpenAI`; - reads stdin."
        ),
    ] = None,
    *,
    endpoint: Annotated[
        str | None, typer.Option(help="Instead of a file: the endpoint, as pasted from the portal.")
    ] = None,
    connection: Annotated[
        str | None, typer.Option(help="Instead of both: the name of one in the worker's file.")
    ] = None,
    deployment: Annotated[str | None, typer.Option(help="The deployment; without one the models are listed.")] = None,
    api_version: Annotated[str | None, typer.Option(help="A dated api-version, or v1.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {ok, latency, model, remaining, …} as JSON.")] = False,
) -> None:
    """
    Make one cheap call and say how it went: latency, model, what is left of the limits; or what to do.

    With --endpoint the key is that of {{secrets.AZURE_OPENAI_API_KEY}}. Exit code 0 when the connection works, 1 when
    it does not, 2 when it is not given rightly.
    """
    from worker.cli.trying import one_job
    from worker.settings import SettingsError, environment

    given = _asked_for(file, endpoint, connection)
    given |= {name: value for name, value in (("deployment", deployment), ("apiVersion", api_version)) if value}
    task = json.dumps(_cheap(given)).encode()
    try:
        desk = one_job.Desk(environment(), warn=_warn, most_attempts=1)
        told = asyncio.run(desk.envelope(task))
    except SettingsError as wrong:
        raise refuse(f"azure-openai-worker: {wrong}", _WRONG) from None
    report = _report(told)
    print(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _sentences(report))
    if not report["ok"]:
        raise typer.Exit(_WRONG if isinstance(told, one_job.Failure) and told.is_of_the_task else _FAILED)


def _asked_for(file: Path | None, endpoint: str | None, connection: str | None) -> dict[str, Any]:
    if sum(each is not None for each in (file, endpoint, connection)) != 1:
        raise refuse("test-connection: wanted one of a file, --endpoint and --connection", _WRONG)
    if connection is not None:
        return {"connection": {"name": connection}}
    return given_task(file) if file else _task(endpoint)


def _report(told: "Mapping[str, Any] | Failure") -> dict[str, Any]:
    from worker.cli.trying import one_job

    if isinstance(told, one_job.Failure):
        return _trouble(told, one_job.advice_for(told.error["reason"]))
    return _health(told)


def _warn(advice: str) -> None:
    typer.echo(f"warning: {advice}", err=True)


def _task(endpoint: str | None) -> dict[str, Any]:
    return {"connection": {"endpoint": endpoint, "authentication": {"type": "apiKey", "apiKey": _KEY}}}


def _cheap(given: Mapping[str, Any]) -> dict[str, Any]:
    """A few tokens where there is a deployment, also one in a pasted URL; else none: the list of models."""
    endpoint = str((given.get("connection") or {}).get("endpoint") or "")
    asks_model = given.get("deployment") or "/deployments/" in endpoint
    asked = (
        {"operation": "chatCompletion", "input": {"content": _QUESTION}} if asks_model else {"operation": "listModels"}
    )
    named = {name: given[name] for name in ("connection", "deployment", "apiVersion") if name in given}
    return {**named, **asked, "options": {"timeout": _PATIENCE}}


def _health(envelope: Mapping[str, Any]) -> dict[str, Any]:
    output = envelope["output"]
    headers = {name.lower(): value for name, value in envelope["headers"].items()}
    return {
        "ok": True,
        "latency": output["duration"],
        "model": output["model"],
        "models": len(output["json"]) if isinstance(output["json"], list) else None,
        "deployment": output["deployment"] or None,
        "remaining": {what: headers.get(f"x-ratelimit-remaining-{what}") for what in ("requests", "tokens")},
        "requestId": output["requestId"],
    }


def _trouble(failure: "Failure", advice: str) -> dict[str, Any]:
    """A deployment that does not chat has been found and let us in: the connection works."""
    error = failure.error
    body = error.get("variables", {}).get("response", {}).get("body")
    inner = body.get("error") if isinstance(body, dict) else None
    if isinstance(inner, dict) and inner.get("code") == "OperationNotSupported":
        return {"ok": True, "note": f"it works, but the deployment does not chat: {inner.get('message')}"}
    return {"ok": False, "error": dict(error), "advice": advice}


def _sentences(report: Mapping[str, Any]) -> str:
    if not report["ok"]:
        error = report["error"]
        return f"failed: {error['reason']} ({error['code']})\n{error['message']}\nwhat to do: {report['advice']}"
    if "note" in report:
        return f"ok: {report['note']}"
    left = ", ".join(f"{value} {what}" for what, value in report["remaining"].items() if value is not None)
    model = report["model"] or f"{report['models']} models on offer"
    return f"ok\nlatency: {report['latency']:.3f} s\nmodel: {model}\nremaining: {left or 'the service does not say'}"
