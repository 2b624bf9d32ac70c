"""
Fetches an engine and unpacks it: `python install.py KIND VERSION STAGING TARGET`, a process of its own.

KIND is `distribution` (one archive of Zeebe's whole distribution) or `library` (the test engine's jar and all
that it needs). What arrives is collected in the new folder STAGING and becomes the folder TARGET by one
rename, so TARGET is either whole or not there; a second process that wants the same one waits on a lock.
Progress goes to stdout, one JSON object a line, with the fields of `progress.Step`.

A process rather than a thread, because jgo blocks and cannot be cancelled; a process can be killed at once.
Stands alone: started by file name, it imports nothing of this package.
"""

import hashlib
import io
import json
import logging
import shutil
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from jgo.config import GlobalSettings
from jgo.maven import Dependency, MavenContext, PythonResolver

# Told of a file's name and size, gives what is to be told of the bytes that arrive.
Listener = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]

GROUP = "io.camunda"
DISTRIBUTION, LIBRARY = "camunda-zeebe", "zeebe-process-test-engine"
NETWORK_TIMEOUT_S = 60
_REPORT_EVERY = 2**20  # bytes between two reports of progress
# What the archives were when this was written; other versions are taken as the repository gives them.
_SHA256 = {
    "8.5.8": "53ce62b008e61a87a3f7aed700065ad1352084a24c85771bc4e8300828bf95b4",
    "8.6.0": "5c699e86a6c9d290dd7b1f0b2ea648fb57fd1dacf1cab22c874219e58827ea45",
}


def main(arguments: list[str]) -> None:
    """Install the engine that *arguments* name (see above) unless it is there already."""
    kind, version, staging_name, target_name = arguments
    staging, target = Path(staging_name), Path(target_name)
    with _locked(target.with_name(f"{target.name}.lock")):
        if target.exists():  # another process was faster
            return
        collected = _collect(kind, version, staging)
        collected.rename(target)
        shutil.rmtree(staging, ignore_errors=True)


def _collect(kind: str, version: str, staging: Path) -> Path:
    if kind == "library":
        return _fetch_library(version, staging)
    archive = _fetch_archive(version, staging)
    _check(archive, version)
    return _unpack(archive, staging / "unpacked")


def _fetch_archive(version: str, staging: Path) -> Path:
    component = _maven(staging, _file_by_file).project(GROUP, DISTRIBUTION).at_version(version)
    return Path(component.artifact(packaging="tar.gz").resolve())


def _fetch_library(version: str, staging: Path) -> Path:
    """Collect the test engine's jars, about 130, in one folder."""
    maven = _maven(staging, _Sum(f"{LIBRARY} {version}").of)
    asked = maven.create_dependency(f"{GROUP}:{LIBRARY}:{version}")
    found, needed = maven.resolver.resolve([asked])
    jars = staging / "jars"
    jars.mkdir()
    with ThreadPoolExecutor(max_workers=8) as pool:
        for path in pool.map(_jar, [*found, *needed]):
            path.rename(jars / path.name)
    return jars


def _jar(dependency: Dependency) -> Path:
    return Path(dependency.artifact.resolve())


def _maven(staging: Path, listener: Listener) -> MavenContext:
    """Set jgo up with its own default repository and those of the user's jgo settings, such as a mirror."""
    logging.getLogger("jgo").setLevel(logging.ERROR)
    maven = MavenContext(
        resolver=PythonResolver(progress_callback=listener),
        repo_cache=staging / "maven",  # never the user's own: jgo leaves half a file there when it is interrupted
        timeout=NETWORK_TIMEOUT_S,
    )
    maven.remote_repos.update(GlobalSettings.load().repositories)
    return maven


@contextmanager
def _file_by_file(name: str, total: int) -> Iterator[Callable[[int], None]]:
    done = reported = 0

    def arrived(count: int) -> None:
        nonlocal done, reported
        done += count
        if done - reported >= _REPORT_EVERY or done >= total:
            reported = done
            _report("download", name, done, total)

    yield arrived


class _Sum:
    """Reports many small files, some of them at the same time, as one; how much is to come is not known."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done = self._reported = 0
        self._lock = threading.Lock()

    @contextmanager
    def of(self, _name: str, _total: int) -> Iterator[Callable[[int], None]]:
        """Listen to one file."""
        yield self._arrived

    def _arrived(self, count: int) -> None:
        with self._lock:
            self._done += count
            if self._done - self._reported >= _REPORT_EVERY:
                self._reported = self._done
                _report("download", self._what, self._done)


def _check(archive: Path, version: str) -> None:
    wanted = _SHA256.get(version)
    if wanted is None:
        return
    with archive.open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got != wanted:
        sys.exit(f"{archive.name} is not the file it should be: its SHA-256 is {got}, expected {wanted}")


def _unpack(archive: Path, folder: Path) -> Path:
    """Unpack *archive* into *folder* and return the only folder that is in it."""
    total = archive.stat().st_size
    with archive.open("rb") as raw, tarfile.open(fileobj=_Counted(raw, archive.name, total), mode="r:gz") as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    (root,) = folder.iterdir()
    return root


class _Counted(io.RawIOBase):
    """A file that reports how much of it has been read."""

    def __init__(self, file: IO[bytes], name: str, total: int) -> None:
        self._file, self._name, self._total = file, name, total
        self._reported = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        done = self._file.tell()
        if done - self._reported >= _REPORT_EVERY or done == self._total != self._reported:
            self._reported = done
            _report("unpack", self._name, done, self._total)
        return block

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file *path*; the operating system lets go of it when we die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _try_lock(file):
            _report("wait", path.stem)
            _lock(file)
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _lock(file: IO[bytes]) -> None:
        while not _try_lock(file):  # LK_LOCK itself gives up after ten seconds
            time.sleep(0.5)
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _report(phase: str, what: str, done: int | None = None, total: int | None = None) -> None:
    sys.stdout.write(json.dumps({"phase": phase, "what": what, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
