"""A test is a sentence."""

import ast

from tests.house.tree import functions, name_of, python_files

ENDINGS = (".", "?", ":")


def test_every_test_is_a_sentence() -> None:
    """Each test's docstring begins with one sentence that says what holds."""
    tests = [(path, f) for path in python_files("tests") for f in functions(path) if f.name.startswith("test_")]
    first = {f"{name_of(path)}:{f.lineno} {f.name}": (ast.get_docstring(f) or "").split("\n\n")[0] for path, f in tests}

    assert [] == [name for name, sentence in first.items() if not sentence.endswith(ENDINGS)]
