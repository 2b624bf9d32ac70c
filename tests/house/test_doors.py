"""A room's door says what it offers, and offers what it says."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.tree import ROOT, name_of, parsed, python_files

FILES = [path for path in python_files("worker") if path != ROOT / "worker/__init__.py"]
DOORS = [path for path in FILES if path.name == "__init__.py"]


def module_of(path: Path) -> ModuleType:
    name = name_of(path).removesuffix(".py").removesuffix("/__init__")
    return importlib.import_module(name.replace("/", "."))


@pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in DOORS])
def test_the_door_is_what_it_lists(path: Path) -> None:
    """`__all__` holds what the door defines and passes on; what it imports for its own use is no offer."""
    tree = parsed(path)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    listed = set(getattr(module_of(path), "__all__", ()))
    defined, passed_on = set(_defined(tree)), _passed_on(tree)

    assert defined | (passed_on - used) <= listed <= defined | passed_on


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for name in targets if isinstance(name, ast.Name) and not name.id.startswith("_"))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list and node.name[0] != "_":
            yield node.name


def _passed_on(tree: ast.Module) -> set[str]:
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


@pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in DOORS])
def test_what_is_offered_is_there_and_explained(path: Path) -> None:
    """Each name in `__all__` exists, and each function and class among them has a docstring of its own."""
    module = module_of(path)
    offered = {name: getattr(module, name) for name in getattr(module, "__all__", ())}

    assert [] == [name for name, value in offered.items() if _is_silent(value)]


def _is_silent(value: object) -> bool:
    return (inspect.isclass(value) or inspect.isfunction(value)) and not vars(value).get("__doc__", value.__doc__)


def test_every_file_keeps_its_list() -> None:
    """Whatever any other file of the rooms lists in `__all__` exists."""
    modules = [module_of(path) for path in FILES if path.name != "__main__.py"]
    missing = {m.__name__: [name for name in getattr(m, "__all__", ()) if not hasattr(m, name)] for m in modules}

    assert {} == {module: names for module, names in missing.items() if names}
