"""
The commands, one file each; those that try something without a broker in `trying`.

Each command imports what it needs when it is called: `--help` answers at once, and the worker itself carries nothing
of the demo.
"""

import typer

from worker.cli.demo import demo
from worker.cli.docs import docs
from worker.cli.doctor import doctor
from worker.cli.history import history
from worker.cli.migrate import migrate
from worker.cli.run import health, run
from worker.cli.secrets import secrets
from worker.cli.templates import templates
from worker.cli.trying import call, check_connection, feel

__all__ = ["app"]

app = typer.Typer(
    name="azure-openai-worker",
    help="A Zeebe (Camunda 8) job worker that lets a BPMN process call Azure OpenAI.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback's local variables could hold a key
)
app.command()(run)
app.command()(call)
app.command("test-connection")(check_connection)
app.command()(demo)
app.command()(feel)
app.command()(health)
app.command()(docs)
app.command()(migrate)
app.command()(doctor)
app.add_typer(history, name="history")
app.add_typer(secrets, name="secrets")
app.add_typer(templates, name="templates")


@app.callback()
def main() -> None:
    """Settings are read from the environment; README.md lists them."""
