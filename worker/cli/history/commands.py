"""`azure-openai-worker history list | show | export | purge`."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO, TypeVar

import typer

from worker.cli.history import wishes as by
from worker.cli.history.shown import CsvLines, JsonLines, entry_text, plain, table

if TYPE_CHECKING:
    from worker.history.prompts import Register

__all__ = ["history"]

_T = TypeVar("_T")
_NOT_THERE = 1
_WRONG_SETTING = 2  # exit code, as for wrong options
_ONLY_US = 0o600

history = typer.Typer(
    no_args_is_help=True,
    help="Look into the prompt history (WORKER_HISTORY), in the file or database that the worker's settings name.",
)
_File = Annotated[Path | None, typer.Option("--file", help="A SQLite file in place of the one that is set.")]
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@history.command("list")
def listed(
    *,
    since: by.Since = None,
    until: by.Until = None,
    tenant: by.Tenant = None,
    process: by.Process = None,
    process_instance: by.Instance = None,
    operation: by.Operation = None,
    deployment: by.Deployment = None,
    outcome: by.Outcome = None,
    reason: by.Reason = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 50,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """The latest entries, the latest first, without their texts."""
    wanted = by.wanted(
        since=since, until=until, outcome=outcome, tenant=tenant, process=process, operation=operation,
        process_instance=process_instance, deployment=deployment, reason=reason,
    )  # fmt: skip
    found = _with(lambda register: register.latest(wanted, count=limit), file)
    if as_json:
        print(json.dumps([plain(entry) for entry in found], ensure_ascii=False, indent=2))
    else:
        print("\n".join(table(found)))


@history.command()
def show(
    number: Annotated[str, typer.Argument(metavar="ID", help="The entry's id, as `list` prints it.")],
    *,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """All that is kept of one entry. Exit code 1 where there is none."""
    entry = _with(lambda register: register.one(number), file)
    if entry is None:
        typer.echo(f"no entry has the id {number}; `azure-openai-worker history list` prints ids", err=True)
        raise typer.Exit(_NOT_THERE)
    print(json.dumps(plain(entry), ensure_ascii=False, indent=2) if as_json else "\n".join(entry_text(entry)))


@history.command()
def export(
    *,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="Lines of JSON, or CSV.")] = "jsonl",
    to: Annotated[
        Path | None, typer.Option("--to", help="A file, readable by you alone; by default the output.")
    ] = None,
    since: by.Since = None,
    until: by.Until = None,
    tenant: by.Tenant = None,
    process: by.Process = None,
    process_instance: by.Instance = None,
    operation: by.Operation = None,
    deployment: by.Deployment = None,
    outcome: by.Outcome = None,
    reason: by.Reason = None,
    file: _File = None,
) -> None:
    """Every entry with its texts, the oldest first."""
    wanted = by.wanted(
        since=since, until=until, outcome=outcome, tenant=tenant, process=process, operation=operation,
        process_instance=process_instance, deployment=deployment, reason=reason,
    )  # fmt: skip
    with _opened(to) as target:
        lines = CsvLines(target) if form == "csv" else JsonLines(target)

        async def written(register: "Register") -> int:
            count = 0
            async for entry in register.all(wanted):
                lines.write(entry)
                count += 1
            return count

        count = _with(written, file)
    typer.echo(f"{count} exported", err=True)


@history.command()
def purge(
    *,
    since: by.Since = None,
    until: by.Until = None,
    tenant: by.Tenant = None,
    process: by.Process = None,
    process_instance: by.Instance = None,
    everything: Annotated[bool, typer.Option("--all", help="Every entry that there is.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    file: _File = None,
) -> None:
    """Delete entries for good, and the answers that are kept for their jobs in the same database."""
    given: dict[str, Any] = {"tenant": tenant, "process": process, "process_instance": process_instance}
    wanted = by.wanted(since=since, until=until, outcome=None, **given)
    if everything == any((since, until, *given.values())):
        raise typer.BadParameter("say which entries: --until, --process-instance, … or --all, and not both")
    count = _with(lambda register: register.count(wanted), file)
    if count and not yes:
        typer.confirm(f"Delete {count} entries for good?", abort=True)
    _with(lambda register: register.purge(wanted), file)
    print(f"{count} deleted")


@contextmanager
def _failing_in_words() -> Iterator[None]:
    from worker import settings
    from worker.history import StoreError

    try:
        yield
    except settings.SettingsError as wrong:
        typer.echo(f"azure-openai-worker: {wrong}", err=True)
        raise typer.Exit(_WRONG_SETTING) from None
    except StoreError as error:
        typer.echo(f"azure-openai-worker: the history cannot be read: {error}", err=True)
        raise typer.Exit(_NOT_THERE) from None


def _with(use: "Callable[[Register], Awaitable[_T]]", file: Path | None) -> _T:
    """What *use* makes of the history. Ends the command in words where that cannot be opened."""
    from worker import app, settings

    async def used() -> _T:
        found = settings.load(settings.environment())
        register = app.register_for(found, file=file)
        try:
            return await use(register)
        finally:
            await register.close()

    with _failing_in_words():
        return asyncio.run(used())


@contextmanager
def _opened(file: Path | None) -> Iterator[TextIO]:
    if file is None:
        yield sys.stdout
        return
    file.touch(mode=_ONLY_US)
    with file.open("w", encoding="utf-8", newline="") as opened:
        yield opened
