"""`azure-openai-worker run`: take jobs until told to stop."""

import typer

__all__ = ["run"]

_WRONG_SETTING = 2  # exit code, as for wrong options


def run() -> None:
    """Take jobs from the broker and call Azure OpenAI, until SIGTERM or Ctrl-C; then finish what runs and leave."""
    from worker import app, settings

    try:
        environment = settings.environment()
        app.main(settings.load(environment), environment)
    except settings.SettingsError as wrong:
        typer.echo(f"azure-openai-worker: {wrong}", err=True)
        raise typer.Exit(_WRONG_SETTING) from None
