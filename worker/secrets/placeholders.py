"""Finds `{{secrets.NAME}}`, `<<secrets.NAME>>` and bare `secrets.NAME` in a text and fills them, once."""

import re
from collections.abc import Callable

__all__ = ["fill", "malformed", "names"]

# The names that Camunda's connectors accept, so that a secret called FOO/BAR-1 there works here.
_NAME = r"(?:[a-zA-Z0-9]+[/._-])*[a-zA-Z0-9]+"
_BRACKETED = re.compile(rf"\{{\{{\s*secrets\.(?P<curly>{_NAME})\s*\}}\}}|<<\s*secrets\.(?P<angle>{_NAME})\s*>>")
_BEGUN = re.compile(r"\{\{\s*secrets\.|<<\s*secrets\.")
_BARE = re.compile(rf"secrets\.(?P<bare>{_NAME})")


def names(text: str) -> list[str]:
    """The secrets that *text* names, in order."""
    found: list[str] = []

    def note(name: str) -> str:
        found.append(name)
        return ""

    fill(text, note)
    return found


def malformed(text: str) -> bool:
    """Whether *text* begins a placeholder that names nothing: a space in the name, a brace too few."""
    return "secrets." in text and _BEGUN.search(_BRACKETED.sub("", text)) is not None


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """
    *text* with each placeholder replaced by *value_of* its name.

    One pass: a value that looks like a placeholder itself stays as it is. The bare form counts only where it is the
    whole text, so that an address such as https://secrets.example.com is left alone.
    """
    if "secrets." not in text:  # nearly every text; the two searches below take ten times as long
        return text
    if bare := _BARE.fullmatch(text):
        return value_of(bare["bare"])
    return _BRACKETED.sub(lambda match: value_of(match["curly"] or match["angle"]), text)
