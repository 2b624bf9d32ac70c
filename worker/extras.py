"""Packages that only some installations have: imported when they are first needed."""

import importlib
from types import ModuleType

__all__ = ["MissingExtra", "optional"]


class MissingExtra(Exception):
    """Something was asked for that needs an extra of the worker's. The text says how to install it."""


def optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """The module, imported. Raises MissingExtra where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise MissingExtra(
            f"{purpose} needs more packages ({missing.name}): pip install 'azure-openai-worker[{extra}]'"
        ) from None
