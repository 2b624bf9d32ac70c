"""Test material that lies beside a checkout: Azure's contracts, recorded traffic, expressions. Never part of it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """The file *name* of the material; skips the test where it is not."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the test material {name} beside the checkout")
    return path
