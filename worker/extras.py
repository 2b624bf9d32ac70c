"""Packages that only some installations have: imported when they are first needed."""

import importlib
import importlib.util
from types import ModuleType

__all__ = ["MissingExtra", "optional", "require"]


class MissingExtra(Exception):
    """Something was asked for that needs an extra of the worker's. The text says how to install it."""


def optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """The module, imported. Raises MissingExtra where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise _missing(missing.name or module, extra, purpose) from None


def require(module: str, *, extra: str, purpose: str) -> None:
    """Make sure that the module is installed, without importing it. Raises MissingExtra."""
    try:
        found = importlib.util.find_spec(module)
    except (ModuleNotFoundError, ValueError):  # its parent is not there; a test has taken it away
        found = None
    if found is None:
        raise _missing(module, extra, purpose)


def _missing(module: str, extra: str, purpose: str) -> MissingExtra:
    return MissingExtra(f"{purpose} needs more packages ({module}): pip install 'azure-openai-worker[{extra}]'")
