"""Nothing grows past what a reader holds in mind at once."""

from tests.house.tree import GENERATED, ROOT, functions, name_of, python_files

LINES_PER_FILE = 250
LINES_PER_FUNCTION = 40
FILES_PER_ROOM = 9
MORE_FILES = {"worker/operations"}  # a table, one file for each row

FILES = python_files("worker", "tests", "benchmarks", "dev.py")


def test_files_are_short() -> None:
    """A file has at most 250 lines."""
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}

    assert {} == {name: n for name, n in lines.items() if n > LINES_PER_FILE}


def test_functions_are_short() -> None:
    """A function has at most 40 lines, its signature and docstring included."""
    lengths = {
        f"{name_of(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in FILES
        for function in functions(path)
    }

    assert {} == {name: n for name, n in lengths.items() if n > LINES_PER_FUNCTION}


def test_rooms_are_small() -> None:
    """A room has at most nine files beside its door, generated ones not counted."""
    rooms = {path.parent for path in python_files("worker")} - {ROOT / "worker"}
    beside_the_door = {
        name_of(room): [file.name for file in room.glob("*.py") if not file.name.endswith(("__init__.py", *GENERATED))]
        for room in rooms
    }

    assert {} == {room: files for room, files in beside_the_door.items() if _too_many(room, files)}


def _too_many(room: str, files: list[str]) -> bool:
    return len(files) > FILES_PER_ROOM and room not in MORE_FILES
