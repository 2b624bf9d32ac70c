"""What must never be part of the project."""

import re
from pathlib import Path

from tests.house.tree import name_of, our_files, python_files

# Each pattern is written so that it does not match its own text.
REGISTRY = re.compile(
    r"pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|repo1?\.maven\.(apache\.)?org|"
    r'index[-]url|--find[-]links|--registry[= ]|"resolved": *"http|<[r]epository>|^registry *=',
    re.MULTILINE,
)
MACHINE = re.compile(r"(?<![\w.~])/(?:home|Users|root|work|farm)/")
UNFINISHED = re.compile(r"\bTO[D]O\b|\bFIX[M]E\b|raise NotImplemented[E]rror|pass +# *(?:later|stub)")
LOCKS_WITH_HOSTS = {"uv.lock", "poetry.lock", "Pipfile.lock"}


def found(pattern: re.Pattern[str], paths: list[Path]) -> dict[str, list[str]]:
    """Which files hold what."""
    texts = {name_of(path): path.read_text(encoding="utf-8", errors="replace") for path in paths}
    return {name: hits for name, text in texts.items() if (hits := [hit.group() for hit in pattern.finditer(text)])}


def test_no_file_names_a_registry() -> None:
    """Which registry is asked is the user's own setting; we pin by version and hash."""
    assert {} == found(REGISTRY, our_files())


def test_no_file_names_a_folder_of_one_machine() -> None:
    """Paths are the project's own, or the user's."""
    assert {} == found(MACHINE, our_files())


def test_has_no_lock_file_with_hosts() -> None:
    """Versions are pinned by hash in requirements/; the lock files of the big tools name hosts."""
    assert [] == [name_of(path) for path in our_files() if path.name in LOCKS_WITH_HOSTS]


def test_nothing_is_unfinished() -> None:
    """The rooms hold no note of work left to do."""
    assert {} == found(UNFINISHED, python_files("worker"))
