"""`azure-openai-worker templates`: element templates for Camunda Modeler."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["templates"]

_WRONG = 1
_FOLDER = Path("element-templates")

templates = typer.Typer(no_args_is_help=True, help="Element templates for Camunda Modeler, made from the operations.")

_Folder = Annotated[Path, typer.Option("--folder", help="Where the templates lie.", file_okay=False)]


@templates.command("export")
def export(
    folder: _Folder = _FOLDER,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file is out of date.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Keep a copy below versioned/: the next change is a new version.")
    ] = False,
) -> None:
    """Write the templates anew: one for all operations, small ones, and variants of both for Camunda 8.5 to 8.7."""
    from worker.templates import keep, volumes

    old = [volume for volume in volumes(folder) if not volume.is_current]
    if check:
        for volume in old:
            typer.echo(f"{volume.path}: out of date; run: azure-openai-worker templates export", err=True)
        raise typer.Exit(_WRONG if old else 0)
    for volume in old:
        volume.path.parent.mkdir(parents=True, exist_ok=True)
        volume.path.write_text(volume.text, encoding="utf-8")
        print(f"{volume.path}: version {volume.version}")
    for volume in volumes(folder) if release else ():
        print(f"{keep(folder, volume)}: kept")


@templates.command("validate")
def validate(
    files: Annotated[list[Path], typer.Argument(help="Element templates.", exists=True, dir_okay=False)],
) -> None:
    """Check files against Camunda's JSON schema; exit 1 and say where if one is wrong."""
    from worker.templates import flaws

    wrong = {file: flaws(file.read_text(encoding="utf-8")) for file in files}
    for file, said in wrong.items():
        for flaw in said:
            typer.echo(f"{file}: {flaw}", err=True)
    raise typer.Exit(_WRONG if any(wrong.values()) else 0)


@templates.command("list")
def listed(folder: _Folder = _FOLDER) -> None:
    """Name the templates: file, version, the engines they are for, and the operations they offer."""
    from worker.templates import volumes

    for volume in volumes(folder):
        engines = "8.5 to 8.7" if volume.template.for_older_engines else "8.8 or newer"
        offered = ", ".join(operation.name for operation in volume.template.operations)
        print(f"{volume.template.file}  version {volume.version}  Camunda {engines}  {offered}")
