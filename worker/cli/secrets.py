"""`azure-openai-worker secrets check`: which secrets are found, and where; never what they are."""

import asyncio
import html
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from worker.connections import Asker
    from worker.secrets import Secrets

__all__ = ["secrets"]

_WRONG_SETTING = 2  # exit code, as for wrong options

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
) -> None:
    """Say of each secret whether it is found and where. Exit code 1 if one is missing."""
    from worker import app, settings
    from worker.connections import Asker
    from worker.secrets import names as named_in

    try:
        environment = settings.environment()
        loaded = settings.load(environment)
        configuration = settings.configuration_of(loaded)
        found = app.secrets_for(loaded, configuration, environment)
    except settings.SettingsError as wrong:
        typer.echo(f"azure-openai-worker: {wrong}", err=True)
        raise typer.Exit(_WRONG_SETTING) from None
    texts = [html.unescape(path.read_text(encoding="utf-8")) for path in file or []]
    own = [] if process else settings.placeholders_in(configuration)
    wanted = sorted({*(names or []), *own, *(name for text in texts for name in named_in(text))})
    asker = Asker(process, tenant) if process else None
    if not asyncio.run(_all_found(found, wanted, asker)):
        raise typer.Exit(1)


async def _all_found(source: "Secrets", wanted: list[str], asker: "Asker | None") -> bool:
    from worker.errors import ConnectorError

    missing = 0
    try:
        for name in wanted:
            try:
                typer.echo(f"found    {name}  in {await source.found_in(name, asker=asker)}")
            except ConnectorError as error:
                missing += 1
                typer.echo(f"missing  {name}  {error}")
    finally:
        await source.close()
    typer.echo(f"{len(wanted) - missing} found, {missing} missing")
    return not missing
