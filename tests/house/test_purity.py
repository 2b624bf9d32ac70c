"""What the import rule cannot see: calls."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import dotted, functions, name_of, parsed, pure_files, python_files

READS_THE_ENVIRONMENT = "worker/settings/settings.py"
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
CLOCKS_CHANCE_AND_FILES = {
    "date.today", "datetime.date.today", "datetime.datetime.now", "datetime.now", "datetime.today", "datetime.utcnow",
    "input", "open", "print", "uuid.uuid4", "uuid4",
}  # fmt: skip
SLEEPS = {"anyio.sleep", "asyncio.sleep", "sleep", "time.sleep"}
LOOKS_AGAIN = "eventually"  # the one helper that may look again after a pause


def said(path: Path) -> Iterator[str]:
    """Every dotted name in the file, and what it imports by name."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            yield dotted(node)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in the tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_only_settings_read_the_environment() -> None:
    """Every other room is told what it needs."""
    readers = [name_of(path) for path in python_files("worker") if ENVIRONMENT.intersection(said(path))]

    assert [READS_THE_ENVIRONMENT] == readers


def test_pure_rooms_are_told_the_time() -> None:
    """No clock is read, no number drawn, no file opened and nothing printed in a pure room."""
    called = [(name_of(path), dotted(call.func)) for path in pure_files() for call in calls(parsed(path))]

    assert [] == [(name, call) for name, call in called if call in CLOCKS_CHANCE_AND_FILES]


def test_tests_wait_for_the_thing_itself() -> None:
    """No test sleeps; `asyncio.sleep(0)` only lets others run, and `eventually` looks again."""
    sleeps = [(name_of(path), ast.unparse(call)) for path in python_files("tests") for call in _sleeps(path)]

    assert [] == sleeps


def _sleeps(path: Path) -> Iterator[ast.Call]:
    helpers = [function for function in functions(path) if function.name == LOOKS_AGAIN]
    allowed = {id(call) for helper in helpers for call in calls(helper)}
    for call in calls(parsed(path)):
        only_yields = ast.unparse(call) == "asyncio.sleep(0)"
        if dotted(call.func) in SLEEPS and not only_yields and id(call) not in allowed:
            yield call
