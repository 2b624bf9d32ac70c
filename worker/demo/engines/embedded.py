"""An engine as a child process on this machine, with its data in a temporary folder."""

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worker.demo.broker_ports import LOOPBACK, free_ports
from worker.demo.engines import distribution, in_memory, java
from worker.demo.engines.child import Child
from worker.demo.engines.supply.cache import Kind, installed
from worker.demo.progress import OnProgress

__all__ = ["Distribution", "EmbeddedEngine", "InMemory", "Place"]

_PATIENCE_S = 10.0  # a broker shuts down in about two seconds
_LAST_LINES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where engines are kept unpacked, the Java to prefer if any, and how much memory an engine may have."""

    cache_dir: Path
    java_home: Path | None
    heap_mb: int


class EmbeddedEngine(ABC):
    """
    One engine that we run ourselves.

    Its ports and its data stay the same from `prepare` over any number of `start` and `kill` or `shut_down`,
    until `discard`.
    """

    kind: Kind

    def __init__(self, version: str, place: Place) -> None:
        self.version = version
        self._place = place
        self._folder: Path | None = None
        self._ports: list[int] = []
        self._child: Child | None = None
        self._command: Sequence[str | Path] = ()

    async def prepare(self, on_progress: OnProgress) -> None:
        """Fetch what is missing, find Java and settle on ports: all that is needed only once."""
        java_home = java.find_java_home(self._place.java_home)
        engine = await installed(self.kind, self.version, self._place.cache_dir, on_progress)
        self._folder = Path(tempfile.mkdtemp(prefix="zeebe-"))
        self._ports = free_ports(distribution.PORTS)
        self._command = self._build(engine, java_home)

    @abstractmethod
    def _build(self, engine: Path, java_home: Path) -> Sequence[str | Path]: ...

    @property
    def address(self) -> str:
        """Host and port of the gateway; known once prepared."""
        return f"{LOOPBACK}:{self._ports[0]}"

    @property
    def log(self) -> Path:
        """The file that takes all the engine says, over all its starts."""
        return self._data_folder / "engine.log"

    @property
    def _data_folder(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the engine is not prepared")
        return self._folder

    async def start(self) -> None:
        """Start the process; the gateway answers some seconds later."""
        with self.log.open("ab") as log:
            self._child = Child(self._command, scratch=self._data_folder, output=log)

    def has_ended(self) -> bool:
        """Tell whether the process has ended of itself or by us."""
        return self._child is None or self._child.exit_code is not None

    async def kill(self) -> None:
        """End the process like a power cut."""
        if self._child is not None:
            await self._child.kill()

    async def shut_down(self) -> None:
        """Ask the process to end and wait for it."""
        if self._child is not None:
            await self._child.terminate(patience_s=_PATIENCE_S)

    async def discard(self) -> None:
        """End the process without ceremony, the data is not needed any more, and remove the data."""
        await self.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def last_words(self) -> str:
        """Return the end of the log, for an error message."""
        if self._folder is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])


class Distribution(EmbeddedEngine):
    """Zeebe's own distribution; its data outlives a restart."""

    kind = "distribution"

    def __init__(self, version: str, place: Place, shape: distribution.Shape) -> None:
        super().__init__(version, place)
        self._shape = shape

    def _build(self, engine: Path, java_home: Path) -> Sequence[str | Path]:
        site = distribution.Site(
            home=engine,
            java_home=java_home,
            folder=self._data_folder,
            ports=tuple(self._ports),
            shape=self._shape,
            heap_mb=self._place.heap_mb,
        )
        return distribution.command(site)


class InMemory(EmbeddedEngine):
    """Camunda's test engine with one partition; it forgets all when it ends."""

    kind = "library"

    def _build(self, engine: Path, java_home: Path) -> Sequence[str | Path]:
        return in_memory.command(engine, java.library(java_home), port=self._ports[0], heap_mb=self._place.heap_mb)
