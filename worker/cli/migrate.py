"""`azure-openai-worker migrate`: away from Camunda's OpenAI templates."""

import difflib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from worker.templates import Migrated

__all__ = ["migrate"]

_LEFT = 1  # some task is as it was
_UNREADABLE = 2  # as for wrong options


def migrate(
    files: Annotated[list[Path], typer.Argument(help="BPMN files.", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would change.")] = False,
) -> None:
    """
    Give tasks of Camunda's Azure OpenAI and OpenAI templates this worker's template; all else stays byte for byte.

    Exit code 0: every task found went over; 1: some cannot, and are as they were; 2: a file cannot be read or written.
    """
    from worker.templates import Unreadable, migrated

    code = 0
    for file in files:
        try:
            before = file.read_bytes()
            done = migrated(before)
            if dry_run:
                sys.stdout.writelines(_difference(file, before, done.after))
            elif done.after != before:
                _replace(file, done.after)
        except (Unreadable, OSError) as cause:
            typer.echo(f"{file}: {cause}", err=True)
            code = _UNREADABLE
            continue
        _tell(file, done)
        if any(task.refusal for task in done.tasks):
            code = max(code, _LEFT)
    raise typer.Exit(code)


def _tell(file: Path, done: "Migrated") -> None:
    if not done.tasks:
        typer.echo(f"{file}: no task of Camunda's OpenAI templates", err=True)
    for task in done.tasks:
        if task.refusal:
            typer.echo(f"{file}: {task.element}: left as it is: {task.refusal}", err=True)
            continue
        typer.echo(f"{file}: {task.element}: {task.template} -> {task.operation}", err=True)
        for note in task.notes:
            typer.echo(f"{file}: {task.element}: note: {note}", err=True)


def _difference(file: Path, before: bytes, after: bytes) -> list[str]:
    old, new = (text.decode(errors="replace").splitlines(keepends=True) for text in (before, after))
    return list(difflib.unified_diff(old, new, f"a/{file.name}", f"b/{file.name}"))


def _replace(file: Path, content: bytes) -> None:
    """All or nothing: whoever reads the file finds the old text or the new one, and its mode stays."""
    real = file.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        new.chmod(real.stat().st_mode & 0o7777)
        new.replace(real)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
