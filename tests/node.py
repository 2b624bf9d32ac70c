"""What the tests borrow from Node: pinned in package-lock.json, installed once with `npm ci`."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_OLDEST = (20, 15)
_PATIENCE_S = 100


class MissingNode(Exception):
    """There is no Node, or the packages cannot be fetched; the text says what to install."""


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the installed packages; skips where there is no Node, or where they cannot be fetched."""
    try:
        return installed()
    except MissingNode as reason:
        pytest.skip(str(reason))


def installed() -> Path:
    """Install what package-lock.json pins, unless it is there; the folder of the packages. Raises MissingNode."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or _version(node) < _OLDEST:
        raise MissingNode(f"needs Node {'.'.join(map(str, _OLDEST))} or newer with npm, see nodejs.org")
    modules = ROOT / "node_modules"
    stamp, wanted = modules / ".installed", hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
        if ran.returncode:
            raise MissingNode(f"needs what package-lock.json pins; `npm ci` said: {ran.stderr.strip()[-300:]}")
        stamp.write_text(wanted, encoding="utf-8")
    return modules


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(number) for number in re.findall(r"\d+", said)[:2])
