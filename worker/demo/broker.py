"""
A running Zeebe gateway for the demo and the tests: yours, or one of our own from Docker or embedded.

    async with Broker(BrokerOptions(), on_progress=print) as broker:
        client = ZeebeClient(create_insecure_channel(broker.address))

One of our own starts empty, listens on loopback, and is gone with its data when the block is left, however it
is left. The first start fetches about 200 MB into a cache, later ones need no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from worker.demo.broker_errors import BrokerError, NotReadyError
from worker.demo.broker_ready import wait_until_ready
from worker.demo.engines import docker
from worker.demo.engines.distribution import Shape
from worker.demo.engines.embedded import Distribution, InMemory, Place
from worker.demo.engines.supply.cache import default_cache_dir
from worker.demo.progress import OnProgress, Phase, Step, silent

__all__ = ["IN_MEMORY", "Broker", "BrokerError", "BrokerOptions"]

IN_MEMORY = "in-memory:"  # before a version: Camunda's test engine instead of the distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOptions:
    """
    Which broker is wanted.

    address       host:port of a gateway that runs already (ZEEBE_ADDRESS); it is used as it is, never ended
    version       of the distribution, or of the test engine when it begins with `in-memory:`
    use_docker    try Docker before the embedded engine; the test engine has no image and is always embedded
    partitions    of a distribution; the test engine has one
    settings      further ones of a distribution, under Zeebe's own property names
    cache_dir     where engines are kept unpacked
    java_home     a Java to prefer over the one on the PATH; one older than 21 is passed over
    """

    address: str | None = None
    version: str = "8.5.8"
    use_docker: bool = True
    partitions: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)
    cache_dir: Path = field(default_factory=default_cache_dir)
    java_home: Path | None = None
    heap_mb: int = 512
    ready_timeout_s: float = 120.0


class Engine(Protocol):
    """A gateway that we may start and end; see `EmbeddedEngine` for the contract."""

    version: str

    @property
    def address(self) -> str: ...
    @property
    def log(self) -> Path | None: ...
    async def prepare(self, on_progress: OnProgress) -> None: ...
    async def start(self) -> None: ...
    def has_ended(self) -> bool: ...
    async def kill(self) -> None: ...
    async def shut_down(self) -> None: ...
    async def discard(self) -> None: ...
    async def last_words(self) -> str: ...


class Broker:
    """
    The gateway that *options* describe; see the module.

    It belongs to no event loop: a fixture may start it in one and a test kill it in another.
    """

    def __init__(self, options: BrokerOptions | None = None, *, on_progress: OnProgress = silent) -> None:
        self.options = options or BrokerOptions()
        self._on_progress = on_progress
        self._engine: Engine | None = None
        self._up = False

    @property
    def address(self) -> str:
        """Host and port of the gateway; the same over every restart."""
        if self.options.address is not None:
            return self.options.address
        return self._own_engine().address

    @property
    def is_ours(self) -> bool:
        """Tell whether we started it, and so may `kill` and `restart` it."""
        return self.options.address is None

    @property
    def keeps_data(self) -> bool:
        """Tell whether deployments, instances and jobs outlive a restart."""
        return not self.options.version.startswith(IN_MEMORY)

    @property
    def log(self) -> Path | None:
        """The file that takes all a gateway of ours says; None where it keeps it elsewhere, as in a container."""
        return self._own_engine().log

    async def start(self) -> None:
        """Bring the gateway up and wait until it may be used; BrokerError when that fails."""
        try:
            if self.is_ours:
                await self._start_one(await _candidates(self.options))
            await self._wait_until_ready()
        except BaseException:  # also when cancelled
            await self.stop()
            raise

    async def _start_one(self, candidates: list[Engine]) -> None:
        *others, last = candidates
        for engine in (*others, last):
            self._engine = engine
            try:
                await engine.prepare(self._on_progress)
                await engine.start()
            except BrokerError:
                if engine is last:
                    raise
                await engine.discard()
            else:
                return

    async def stop(self) -> None:
        """End a gateway of ours and remove its data; harmless when it is not running."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.discard()

    async def kill(self) -> None:
        """End a gateway of ours like a power cut; its data stay for `restart`."""
        await self._own_engine().kill()

    async def restart(self) -> None:
        """Start a gateway of ours again on the same address with its data, ending it first if it still runs."""
        engine = self._own_engine()
        if not engine.has_ended():
            await engine.shut_down()
        await engine.start()
        await self._wait_until_ready()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _own_engine(self) -> Engine:
        if self._engine is None:
            raise BrokerError("the broker is not ours to start and end" if not self.is_ours else "not started")
        return self._engine

    async def _wait_until_ready(self) -> None:
        name = f"Zeebe {self._engine.version}" if self._engine else f"Zeebe at {self.address}"
        self._on_progress(Step(Phase.START, name))
        has_ended = self._engine.has_ended if self._engine else _never
        try:
            await wait_until_ready(self.address, timeout_s=self.options.ready_timeout_s, has_ended=has_ended)
        except NotReadyError as error:
            words = await self._engine.last_words() if self._engine else ""
            raise NotReadyError(error.address, error.reason, words) from None
        self._on_progress(Step(Phase.READY, name))


def _never() -> bool:
    return False


async def _candidates(options: BrokerOptions) -> list[Engine]:
    place = Place(options.cache_dir, options.java_home, options.heap_mb)
    if options.version.startswith(IN_MEMORY):
        return [InMemory(options.version.removeprefix(IN_MEMORY), place)]
    shape = Shape(options.partitions, options.settings)
    embedded = Distribution(options.version, place, shape)
    if options.use_docker and await docker.answers():
        return [docker.DockerEngine(options.version, shape, heap_mb=options.heap_mb), embedded]
    return [embedded]
