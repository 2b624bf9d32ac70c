"""`azure-openai-worker demo`: a broker, a process, the worker and an answer, with one command."""

import asyncio
from typing import Annotated

import typer

__all__ = ["demo"]

_FAILED = 1
_INTERRUPTED = 130  # as a shell counts Ctrl-C


def demo(
    question: Annotated[
        str, typer.Argument(help="What the process asks.")
    ] = "Why do people model their processes in BPMN? Answer in one sentence.",
    *,
    endpoint: Annotated[
        str | None, typer.Option(help="A real Azure OpenAI endpoint; its key is read from AZURE_OPENAI_API_KEY.")
    ] = None,
    deployment: Annotated[str | None, typer.Option(help="The deployment there.")] = None,
    engine: Annotated[
        str, typer.Option(help="Version of the broker that is started; one at ZEEBE_ADDRESS is used as it is.")
    ] = "8.5.8",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result variable as JSON.")] = False,
) -> None:
    """
    Start a Zeebe broker, deploy a process, run it once with a question and print the answer.

    Without --endpoint the question goes to an emulated Azure OpenAI on this machine. Needs the extra `demo`.
    """
    try:
        from worker.demo.tour import DemoError, Wish, take_the_tour
    except ModuleNotFoundError as missing:
        typer.echo(f"the demo needs more packages ({missing.name}): pip install 'azure-openai-worker[demo]'", err=True)
        raise typer.Exit(_FAILED) from None
    from worker import settings

    wish = Wish(question=question, endpoint=endpoint, deployment=deployment, engine=engine, as_json=as_json)
    try:
        asyncio.run(take_the_tour(wish, settings.environment()))
    except (DemoError, settings.SettingsError) as wrong:
        typer.echo(f"demo: {wrong}", err=True)
        raise typer.Exit(_FAILED) from None
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        raise typer.Exit(_INTERRUPTED) from None
