"""`azure-openai-worker secrets check`: which secrets are found, and where; never what they are."""

import asyncio
import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from worker.connections import Asker
    from worker.secrets import Secrets

__all__ = ["secrets"]

_WRONG = 2  # exit code, as for wrong options
_FOUND = "found"
_Finding = dict[str, str | None]

secrets = typer.Typer(help="Look after the secrets that connections name.", no_args_is_help=True)


@secrets.callback()
def _group() -> None:
    """Keeps `check` a command of its own: a single one would take the group's place."""


@secrets.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Names; beside those in the worker's own file.")] = None,
    *,
    file: Annotated[
        list[Path] | None, typer.Option("--in", help="A file (BPMN, template) whose placeholders are checked too.")
    ] = None,
    process: Annotated[str | None, typer.Option(help="Check as a task of this process: the allow-list counts.")] = None,
    tenant: Annotated[str, typer.Option(help="Together with --process: the task's tenant.")] = "<default>",
    as_json: Annotated[bool, typer.Option("--json", help="Print {name, status, source, problem} of each.")] = False,
) -> None:
    """
    Say of each secret whether it is found and where.

    Exit code 1 if one is missing, or if its store cannot be asked; 2 where a setting or a file is wrong.
    """
    from worker import app, settings
    from worker.connections import Asker

    try:
        environment = settings.environment()
        loaded = settings.load(environment)
        configuration = settings.configuration_of(loaded)
        found = app.secrets_for(loaded, configuration, environment)
    except settings.SettingsError as wrong:
        typer.echo(f"azure-openai-worker: {wrong}", err=True)
        raise typer.Exit(_WRONG) from None
    own = [] if process else settings.placeholders_in(configuration)
    wanted = sorted({*(names or []), *own, *(name for path in file or [] for name in _named_in(path))})
    findings = asyncio.run(_looked_up(found, wanted, Asker(process, tenant) if process else None))
    typer.echo(json.dumps({"secrets": findings}, indent=2) if as_json else _sentences(findings))
    if any(finding["status"] != _FOUND for finding in findings):
        raise typer.Exit(1)


def _named_in(file: Path) -> set[str]:
    """The secrets that a BPMN file or a template names, in the bare form too, which is an attribute's whole text."""
    from worker.secrets import names

    try:
        text = html.unescape(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as wrong:
        said = wrong.strerror if isinstance(wrong, OSError) else "no UTF-8"
        typer.echo(f"azure-openai-worker: {file}: cannot be read ({said})", err=True)
        raise typer.Exit(_WRONG) from None
    return {name for part in (text, *re.split("[\"'<>]", text)) for name in names(part)}


async def _looked_up(source: "Secrets", wanted: list[str], asker: "Asker | None") -> list[_Finding]:
    from worker.errors import ConnectorError, SecretsUnreachable

    findings: list[_Finding] = []
    try:
        for name in wanted:
            try:
                place = await source.found_in(name, asker=asker)
                findings.append({"name": name, "status": _FOUND, "source": place, "problem": None})
            except ConnectorError as error:
                status = "unreachable" if isinstance(error, SecretsUnreachable) else "missing"
                findings.append({"name": name, "status": status, "source": None, "problem": str(error)})
    finally:
        await source.close()
    return findings


def _sentences(findings: list[_Finding]) -> str:
    lines = [
        f"{finding['status']:11}  {finding['name']}  "
        + (f"in {finding['source']}" if finding["status"] == _FOUND else str(finding["problem"]))
        for finding in findings
    ]
    found = sum(finding["status"] == _FOUND for finding in findings)
    return "\n".join([*lines, f"{found} found, {len(findings) - found} missing"])
