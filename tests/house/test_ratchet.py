"""What silences a tool is named, explained and counted; the counts may only fall."""

import ast
import re

import pytest

from tests.house.tree import name_of, parsed, pure_files, python_files

IGNORES_AT_MOST = {"worker": 42, "tests": 5, "dev.py": 3}
ANY_IN_PURE_ROOMS_AT_MOST = 12

SILENCED = re.compile(r"#[ ]*(?:noqa|type:[ ]*ignore|pyright:|pylint:|ruff:).*")
EXPLAINED = re.compile(  # a rule in brackets or after a colon, then a reason
    r"#[ ]noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* --? \w.{3,}|#[ ]type: ignore\[[a-z-]+(, ?[a-z-]+)*\] *(#|-) \w.{3,}"
)


def silenced(*below: str) -> list[tuple[str, str]]:
    """Every comment that silences a tool, with its file."""
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in python_files(*below)}
    return [(name, hit) for name, text in texts.items() for hit in SILENCED.findall(text)]


def test_every_ignore_is_explained() -> None:
    """A silenced rule is named, and a reason follows."""
    comments = silenced("worker", "tests", "benchmarks", "dev.py")

    assert [] == [(name, comment) for name, comment in comments if not EXPLAINED.fullmatch(comment)]


@pytest.mark.parametrize(("place", "at_most"), IGNORES_AT_MOST.items())
def test_ignores_do_not_grow(place: str, at_most: int) -> None:
    """There are no more ignores than there were; who removes one lowers the number."""
    assert len(silenced(place)) <= at_most


def test_any_does_not_spread() -> None:
    """The pure rooms say what they take: `Any` is for what JSON brings, and nowhere else."""
    nodes = [node for path in pure_files() for node in ast.walk(parsed(path))]
    uses = [node for node in nodes if isinstance(node, ast.Name) and node.id == "Any"]

    assert len(uses) <= ANY_IN_PURE_ROOMS_AT_MOST
