"""`azure-openai-worker run`: take jobs until told to stop; and `health`, which asks a running worker how it is."""

from typing import Annotated, Literal

import typer

__all__ = ["health", "run"]

_WRONG_SETTING = 2  # exit code, as for wrong options
_UNHEALTHY = 1
_PATIENCE_S = 3.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here, the worker may


def run(
    *,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="For more than one core; by default WORKER_PROCESSES, or one.")
    ] = None,
) -> None:
    """Take jobs from the broker and call Azure OpenAI, until SIGTERM or Ctrl-C; then finish what runs and leave."""
    from worker.processes import begin

    raise typer.Exit(begin(processes))


def health(
    *, probe: Annotated[Literal["ready", "live"], typer.Option(help="Which of the two health checks.")] = "ready"
) -> None:
    """Ask the worker on this machine, at its management port, how it is; exit code 1 if it is not well."""
    from http import HTTPStatus
    from http.client import HTTPConnection, HTTPException

    from worker import settings

    try:
        found = settings.load(settings.environment())
    except settings.SettingsError as wrong:
        typer.echo(f"azure-openai-worker: {wrong}", err=True)
        raise typer.Exit(_WRONG_SETTING) from None
    if not found.worker_management_port:
        typer.echo("azure-openai-worker: WORKER_MANAGEMENT_PORT is 0: there is nothing to ask", err=True)
        raise typer.Exit(_WRONG_SETTING)
    host = _EVERYWHERE.get(found.worker_management_host, found.worker_management_host)
    connection = HTTPConnection(host, found.worker_management_port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", f"/health/{probe}")
        answer = connection.getresponse()
        typer.echo(answer.read().decode())
    except (OSError, HTTPException) as error:
        typer.echo(f"no answer from {host}:{found.worker_management_port}: {error}", err=True)
        raise typer.Exit(_UNHEALTHY) from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise typer.Exit(_UNHEALTHY)
