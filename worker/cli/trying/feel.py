"""`azure-openai-worker feel`: try an expression before it goes into a model."""

import json
import random
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["feel"]

_WRONG = 1


def feel(
    expression: Annotated[str | None, typer.Argument(help="FEEL, with or without '=' in front.")] = None,
    *,
    response: Annotated[
        Path | None,
        typer.Option(help="JSON file with the response; its keys are in sight, and all of it as `response`."),
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="Further variables as JSON, or @FILE with them.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {value, type, warnings} as JSON.")] = False,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help='JSON lines {"expression", "context"} in, one line {"value"} or {"error"} out for each.'
        ),
    ] = False,
) -> None:
    """Evaluate an expression as the worker would, and print its value, its type and what is odd about it."""
    if batch:
        for line in _answers(sys.stdin.buffer):
            print(line, flush=True)
        return
    if expression is None:
        raise typer.BadParameter("an expression, or --batch with expressions on standard input")
    try:
        shown = _evaluated(expression, {**_response(response), **_context(context)})
    except ValueError as wrong:
        typer.echo(f"feel: {wrong}", err=True)
        raise typer.Exit(_WRONG) from None
    if as_json:
        print(json.dumps(shown, ensure_ascii=False))
        return
    print(json.dumps(shown["value"], ensure_ascii=False, indent=2))
    typer.echo(f"type: {shown['type']}", err=True)
    for warning in shown["warnings"]:
        typer.echo(f"warning: {warning}", err=True)


def _evaluated(expression: str, context: dict[str, Any]) -> dict[str, Any]:
    """`{value, type, warnings}`. Raises ValueError with the engine's own words."""
    from worker import feel as engine

    try:
        compiled = engine.compile(expression.strip().removeprefix("="))
        result = compiled.evaluate(context, clock=lambda: datetime.now().astimezone(), chance=random.random)
    except engine.FeelError as wrong:
        raise ValueError(str(wrong)) from wrong
    return {"value": result.value, "type": result.kind, "warnings": list(result.warnings)}


def _answers(lines: Iterable[bytes]) -> Iterator[str]:
    """One answer for each line, in order; a line that is wrong is answered with its error, and the next goes on."""
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(line), ensure_ascii=False)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        case = json.loads(line)
        expression, context = case["expression"], case.get("context") or {}
        if not isinstance(expression, str) or not isinstance(context, dict):
            return {"error": 'wanted {"expression": a text, "context": an object}'}
        return {"value": _evaluated(expression, context)["value"]}
    except (KeyError, TypeError, AttributeError):
        return {"error": 'wanted {"expression": a text, "context": an object}'}
    except (ValueError, RecursionError) as wrong:
        return {"error": str(wrong)}


def _response(file: Path | None) -> dict[str, Any]:
    """A response's own keys and all of it as `response`, as a result expression sees it."""
    if file is None:
        return {}
    response = _object(file.read_text(encoding="utf-8"), f"--response {file}")
    return {**response, "response": response}


def _context(given: str | None) -> dict[str, Any]:
    if given is None:
        return {}
    text = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
    return _object(text, "--context")


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as cause:
        raise ValueError(f"{name}: got no JSON ({cause}), wanted an object") from cause
    if not isinstance(value, dict):
        raise ValueError(f"{name}: got {type(value).__name__}, wanted an object")  # noqa: TRY004 - told as all others
    return value
