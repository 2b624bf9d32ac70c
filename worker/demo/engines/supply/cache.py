"""Engines that are unpacked already, and how a missing one gets there."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from worker.demo.broker_errors import InstallError
from worker.demo.engines.child import Child
from worker.demo.progress import OnProgress, Phase, Step

__all__ = ["Kind", "default_cache_dir", "installed"]

_INSTALL = Path(__file__).with_name("install.py")
_LAST_LINES = 12

Kind = Literal["distribution", "library"]


def default_cache_dir() -> Path:
    """Return the folder where this platform keeps what can be fetched again, and in it ours."""
    home = Path.home()
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "azure-openai-worker" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "azure-openai-worker"
    return home / ".cache" / "azure-openai-worker"


async def installed(kind: Kind, version: str, cache_dir: Path, on_progress: OnProgress) -> Path:
    """
    Return the folder of an engine, fetching it first when it is not there; what is there needs no network.

    Safe to call from several processes at once. Cancelling it stops the download and leaves nothing behind.
    """
    target = cache_dir / f"{kind}-{version}"
    if not target.is_dir():
        await _install(kind, version, target, on_progress)
    return target


async def _install(kind: Kind, version: str, target: Path, on_progress: OnProgress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix="staging-"))
    command: list[str | Path] = [sys.executable, "-P", _INSTALL, kind, version, staging, target]
    with tempfile.TemporaryFile() as errors:
        child = Child(command, scratch=staging, errors=errors)
        try:
            async for step in _steps(child):
                on_progress(step)
            code = await child.ended()
        finally:
            await child.kill()
            shutil.rmtree(staging, ignore_errors=True)
        if code != 0:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").splitlines()
            raise InstallError(f"the {kind} of Zeebe {version}", "\n".join(lines[-_LAST_LINES:]))


async def _steps(child: Child) -> AsyncIterator[Step]:
    while line := await asyncio.to_thread(child.stdout.readline):
        fields = json.loads(line)
        yield Step(Phase(fields["phase"]), fields["what"], fields["done"], fields["total"])
