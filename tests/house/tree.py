"""The project's own files, as the house checks look at them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("_pb2.py", "_pb2_grpc.py")
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules", "__pycache__"}
PURE = [
    "verdict", "inputs", "envelope", "refusals", "expressions", "operations", "feel", "connections", "connector/ports",
    "wire", "job", "outcome", "trace", "events", "errors", "given", "hints", "prices", "retry_after", "error_bodies",
]  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """The path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def python_files(*below: str) -> list[Path]:
    """Hand-written Python in the folders *below* (and in files of that name)."""
    found = (path for name in below for path in _python_in(ROOT / name))
    return sorted(path for path in found if not path.name.endswith(GENERATED))


def _python_in(place: Path) -> Iterator[Path]:
    return iter([place]) if place.is_file() else place.rglob("*.py")


def pure_files() -> list[Path]:
    """The files of the rooms that do no I/O."""
    places = [f"worker/{room}{ending}" for room in PURE for ending in ("", ".py")]
    return python_files(*places)


@cache
def parsed(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method in the file, nested ones too."""
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def dotted(node: ast.AST) -> str:
    """What an expression like `a.b.c` says, or nothing for any other."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def our_files() -> list[Path]:
    """Every text file that is, or on the next commit would be, part of the project."""
    listed = _listed_by_git() or _found_by_walking()
    return [path for path in listed if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def _listed_by_git() -> list[Path]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return [ROOT / name for name in said.stdout.decode().split("\0") if name]


def _found_by_walking() -> list[Path]:  # an unpacked archive has no git
    return [path for path in ROOT.rglob("*") if not NOT_OURS.intersection(path.relative_to(ROOT).parts)]
