"""
The engines, each behind the same three calls; those that are not installed say what they need.

The peers are interpreters: they have no compiled form, so that parsing is part of each of their evaluations.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from worker import feel

__all__ = ["Engine", "Missing", "Ours", "engines"]

_HERE = Path(__file__).parent


class Missing(Exception):
    """An engine is not at hand; the text says what to install."""


class Engine(Protocol):
    """A FEEL engine with one context loaded."""

    name: str

    def load(self, context: dict[str, Any]) -> None:
        """Hand over the context, in the engine's own form."""

    def run(self, expression: str, rounds: int) -> object:
        """Evaluate *rounds* times; the last value."""


class Ours:
    """worker.feel: compiled once, as the worker does."""

    name = "worker.feel"

    def load(self, context: dict[str, Any]) -> None:
        self._context = context

    def run(self, expression: str, rounds: int) -> object:
        value: object = None
        for _ in range(rounds):
            value = feel.compile(expression).evaluate(self._context).value
        return value


class PySFeel:
    """pySFeel, which takes the context as an expression of its own."""

    name = "pySFeel"

    def __init__(self) -> None:
        try:
            peer = import_module("pySFeel")  # may not be there, and has no types
        except ImportError as missing:
            raise Missing("pip install pySFeel") from missing
        self._parser = peer.SFeelParser()

    def load(self, context: dict[str, Any]) -> None:
        for name, value in context.items():
            self._parser.sFeelParse(f"{name} <- {json.dumps(value)}")

    def run(self, expression: str, rounds: int) -> object:
        value: object = None
        for _ in range(rounds):
            _, value = self._parser.sFeelParse(expression)
        return value


class Feelin:
    """feelin, the engine of the modeler, in V8 inside this process."""

    name = "feelin in V8"

    def __init__(self, script: str) -> None:
        self._v8 = import_module("py_mini_racer").MiniRacer()  # may not be there
        self._v8.eval(script)

    def load(self, context: dict[str, Any]) -> None:
        self._v8.eval(f"globalThis.context = {json.dumps(context)}")

    def run(self, expression: str, rounds: int) -> object:
        return json.loads(str(self._v8.eval(f"timed({json.dumps(expression)}, context, {rounds})")))

    def close(self) -> None:
        """End V8, whose threads outlive the program otherwise."""
        self._v8.close()


@contextmanager
def engines() -> Iterator[tuple[list[Engine], list[str]]]:
    """The engines that are at hand, ours first, and a sentence for each that is not."""
    found: list[Engine] = [Ours()]
    missing: list[str] = []
    for make in (PySFeel, _feelin):
        try:
            found.append(make())
        except Missing as why:
            missing.append(f"{make.__name__.strip('_')}: {why}")
    try:
        yield found, missing
    finally:
        for engine in found:
            if isinstance(engine, Feelin):
                engine.close()


def _feelin() -> Feelin:
    try:
        return Feelin(_bundle())
    except ImportError as missing:
        raise Missing("pip install mini-racer") from missing


def _bundle() -> str:
    """Feelin and what it needs as one script, fetched with npm and bundled in a folder of its own."""
    if shutil.which("npm") is None:
        raise Missing("Node.js with npm")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json", "feelin.js"):
            shutil.copy(_HERE / file, folder)
        for command in (["npm", "ci", "--silent"], ["npx", "esbuild", "feelin.js", "--bundle", "--outfile=bundle.js"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Missing(f"{' '.join(command)} failed: {done.stderr[-300:]}")
        return (folder / "bundle.js").read_text(encoding="utf-8")
