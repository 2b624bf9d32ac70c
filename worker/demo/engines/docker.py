"""The broker's own image, run by a Docker engine on this machine."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from worker.demo.broker_errors import BrokerError
from worker.demo.broker_ports import LOOPBACK, free_ports
from worker.demo.engines.distribution import Shape
from worker.demo.progress import OnProgress, Phase, Step

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

__all__ = ["DockerEngine", "answers"]

_IMAGE = "camunda/zeebe"
_GATEWAY_PORT = 26500
_ANSWER_WITHIN_S = 1
_LAST_LINES = 20
T = TypeVar("T")


class _Container(Protocol):
    """The part of the docker package's container that is used here; the package has no types."""

    status: str

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def stop(self) -> None: ...
    def reload(self) -> None: ...
    def logs(self, *, tail: int) -> bytes: ...


async def answers() -> bool:
    """Tell whether a Docker engine answers, within a second or so."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            return await _in_background(_ping)
    except TimeoutError:
        return False


def _ping() -> bool:
    try:
        docker = import_module("docker")  # comes with testcontainers, has no types, and takes its time
    except ImportError:
        return False
    try:
        client = docker.from_env(timeout=_ANSWER_WITHIN_S)
    except docker.errors.DockerException:
        return False
    try:
        return bool(client.ping())
    except (docker.errors.DockerException, OSError):
        return False
    finally:
        client.close()


class DockerEngine:
    """A container of the broker's image; the contract is that of `EmbeddedEngine`."""

    def __init__(self, version: str, shape: Shape, *, heap_mb: int) -> None:
        self.version = version
        self._shape, self._heap_mb = shape, heap_mb
        (self._port,) = free_ports(1)  # chosen by us, or a restarted container would get another one
        self._address = f"{LOOPBACK}:{self._port}"
        self._container: DockerContainer | None = None

    @property
    def address(self) -> str:
        return self._address

    @property
    def log(self) -> None:
        """None: the container keeps it."""

    async def prepare(self, on_progress: OnProgress) -> None:
        """Fetch the image if it is not there, and start its container for the first time."""
        on_progress(Step(Phase.DOWNLOAD, f"{_IMAGE}:{self.version}"))
        try:
            await _in_background(self._run)
        except Exception as error:  # docker and testcontainers share no class of errors
            raise BrokerError(f"Docker cannot run {_IMAGE}:{self.version}: {error}") from error

    def _run(self) -> None:
        containers = import_module("testcontainers.core.container")
        container: DockerContainer = containers.DockerContainer(f"{_IMAGE}:{self.version}")
        container.with_bind_ports(_GATEWAY_PORT, self._port)
        container.with_envs(**self._environment())
        self._container = container
        container.start()
        # The engine may be on another machine, and we in a container of it.
        self._address = f"{container.get_container_host_ip()}:{container.get_exposed_port(_GATEWAY_PORT)}"

    def _environment(self) -> dict[str, str]:
        return {
            "JAVA_TOOL_OPTIONS": f"-Xmx{self._heap_mb}m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "ZEEBE_BROKER_CLUSTER_PARTITIONSCOUNT": str(self._shape.partitions),
            **{name.upper().replace(".", "_"): value for name, value in self._shape.settings.items()},
            "ZEEBE_BROKER_DATA_DISK_ENABLEMONITORING": "false",  # a nearly full disk must not stop a demo
            "ZEEBE_BROKER_BACKPRESSURE_ENABLED": "false",
            "ZEEBE_BROKER_FLOWCONTROL_ENABLED": "false",
        }

    async def start(self) -> None:
        """Start the container; harmless when it runs."""
        await _in_background(self._wrapped.start)

    def has_ended(self) -> bool:
        """Tell whether the container has ended of itself or by us."""
        container = self._wrapped
        container.reload()
        return container.status in ("exited", "dead")

    async def kill(self) -> None:
        """End the container like a power cut; its data stay."""
        await _in_background(self._wrapped.kill)

    async def shut_down(self) -> None:
        """Ask the container to end and wait for it."""
        await _in_background(self._wrapped.stop)

    async def discard(self) -> None:
        """Remove the container with its data."""
        container, self._container = self._container, None
        if container is not None:
            await _in_background(container.stop)

    async def last_words(self) -> str:
        """Return the end of the log, for an error message."""
        logged = await _in_background(lambda: self._wrapped.logs(tail=_LAST_LINES))
        return logged.decode(errors="replace")

    @property
    def _wrapped(self) -> _Container:
        if self._container is None:
            raise BrokerError("the container is not running")
        container: _Container = self._container.get_wrapped_container()
        return container


async def _in_background(work: Callable[[], T]) -> T:
    """
    Do blocking *work* in a thread that nobody waits for at the end.

    Unlike `asyncio.to_thread`, which would hold up a Ctrl-C until a large image has been fetched.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: Exception | None) -> None:
        if result.done():  # nobody waits any more
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(cast("T", value))

    def run() -> None:
        value, error = None, None
        try:
            value = work()
        except Exception as raised:  # noqa: BLE001 - handed over, not handled
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: again nobody waits
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, daemon=True).start()
    return await result
