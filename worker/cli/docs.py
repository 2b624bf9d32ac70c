"""`azure-openai-worker docs`: the tables of the documentation, made from the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["docs"]


def docs(
    file: Annotated[Path, typer.Argument(help="A Markdown file with marked tables.", exists=True, dir_okay=False)],
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a table is out of date.")] = False,
) -> None:
    """Write the tables between `<!-- NAME -->` and `<!-- /NAME -->` anew: settings, errors, operations."""
    before = file.read_text(encoding="utf-8")
    after = before
    for name, lines in (("settings", _settings()), ("errors", _errors()), ("operations", _operations())):
        after = _replaced(after, name, "\n".join(lines))
    if check and after != before:
        typer.echo(f"{file}: a table is out of date; run: azure-openai-worker docs {file}", err=True)
        raise typer.Exit(1)
    if after != before:
        file.write_text(after, encoding="utf-8")


def _replaced(text: str, name: str, table: str) -> str:
    head, begin, rest = text.partition(f"<!-- {name} -->\n")
    _, end, tail = rest.partition(f"<!-- /{name} -->")
    return f"{head}{begin}{table}\n{end}{tail}" if begin and end else text


def _settings() -> Iterator[str]:
    from worker.settings import Settings, variables_of

    yield "| setting | default | meaning | also read from |"
    yield "| --- | --- | --- | --- |"
    for field in Settings.model_fields.values():
        own, *others = variables_of(field)
        also = ", ".join(f"`{name}`" for name in others)
        yield f"| `{own}` | {_default(own, field.default)} | {field.description} | {also} |"


def _default(name: str, value: object) -> str:
    if name == "WORKER_NAME":  # differs from machine to machine
        return "host name"
    if value in (None, (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{', '.join(value) if isinstance(value, tuple) else f'{value:g}' if isinstance(value, float) else value}`"


def _errors() -> Iterator[str]:
    from worker.errors import leaves

    yield "| reason | code | what it means | without an error expression |"
    yield "| --- | --- | --- | --- |"
    for error in leaves():
        text = " ".join((error.__doc__ or "").split())
        yield f"| `{error.reason}` | {error.default_code or error.reason} | {text} | {error.retry.value} |"


def _operations() -> Iterator[str]:
    from worker.operations import OPERATIONS

    yield "| operation | what it does | fields of `azureOpenAI.input` |"
    yield "| --- | --- | --- |"
    for operation in OPERATIONS.values():
        fields = operation.input.model_fields.values()
        names = ", ".join(f"**{field.alias}**" if field.is_required() else str(field.alias) for field in fields)
        yield f"| `{operation.name}` | {operation.summary} | {names} |"
