"""`azure-openai-worker call`: any operation, without a broker."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from worker.cli.trying.one_job import Failure

__all__ = ["call", "given_task", "refuse"]

_REFUSED = 1
_WRONG = 2  # as for wrong options and settings


def call(
    file: Annotated[
        Path | None, typer.Argument(help="JSON file with the value of `azureOpenAI`; standard input by default.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the envelope, or the error, as JSON.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the request, its keys masked; send nothing.")
    ] = False,
    replay: Annotated[
        Path | None, typer.Option(help="JSON file {status, headers, json | text}: what this reply would give; no call.")
    ] = None,
) -> None:
    """
    Do one task as the worker would, and print what the process would get.

    Secrets and settings are read from the environment, as by `run`. Exit code 0 when there is a result, 1 when the
    service refused or did not answer, 2 when the task itself or a setting is wrong.
    """
    from worker.cli.trying import one_job
    from worker.settings import SettingsError, environment

    task = json.dumps(given_task(file)).encode()
    try:
        recorded = one_job.reply_of(_read(replay)) if replay else None
        desk = one_job.Desk(environment(), warn=lambda advice: typer.echo(f"warning: {advice}", err=True))
        if dry_run:
            sent = asyncio.run(desk.requests(task))
            told: object = sent[0] if isinstance(sent, list) and len(sent) == 1 else sent
        else:
            told = asyncio.run(desk.envelope(task, replayed=recorded))
    except (SettingsError, ValueError) as wrong:
        raise refuse(f"azure-openai-worker: {wrong}", _WRONG) from None
    if isinstance(told, one_job.Failure):
        _fail(told, as_json=as_json)
    if as_json or dry_run or not isinstance(told, Mapping):
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print_result(told)


def given_task(file: Path | None) -> dict[str, Any]:
    """The JSON object in *file*, or on standard input."""
    return _read(file) if file and str(file) != "-" else _object(sys.stdin.read(), "standard input")


def refuse(message: str, code: int) -> typer.Exit:
    """Say why on standard error; the exit to raise."""
    typer.echo(message, err=True)
    return typer.Exit(code)


def _read(file: Path) -> dict[str, Any]:
    try:
        return _object(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as wrong:
        said = wrong.strerror if isinstance(wrong, OSError) else "no UTF-8"
        raise refuse(f"{file}: cannot be read ({said})", _WRONG) from None


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as wrong:
        raise refuse(f"{name}: no JSON ({wrong})", _WRONG) from None
    if not isinstance(value, dict):
        raise refuse(f"{name}: wanted a JSON object", _WRONG)
    return value


def _fail(failure: "Failure", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": failure.error}, ensure_ascii=False, indent=2))
    raise refuse(failure.message, _WRONG if failure.is_of_the_task else _REFUSED)


def _print_result(envelope: Mapping[str, Any]) -> None:
    """The answer itself on standard output, what it took beside it."""
    output = envelope["output"]
    answer = next((value for value in (output["text"], output["json"], envelope["body"]) if value is not None), None)
    print(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=2))
    tokens = output["usage"]["totalTokens"] if output["usage"] else None
    parts = [f"{envelope['status']} {envelope['reason']}".strip(), output["model"], tokens and f"{tokens} tokens"]
    cost = None if output["cost"] is None else f"{output['cost']:.6f} USD"
    typer.echo(", ".join(str(part) for part in (*parts, cost, f"{output['duration']:.3f} s") if part), err=True)
