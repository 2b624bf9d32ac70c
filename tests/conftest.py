"""The house rules that hold while tests run: a clean environment, no network, and nothing that blocks the loop."""

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

OURS = ("AZURE_", "CAMUNDA_", "OPENAI_", "SECRET_", "WORKER_", "ZEEBE_")
INDOORS = {"rooms", "properties"}
ASKS_FOR_A_HOST = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.connect": 1, "socket.sendto": 1}


class _Guard:
    """Refuses every host but our own machine while *active*, and remembers who asked."""

    def __init__(self) -> None:
        self.active = False
        self.refused: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.active or event not in ASKS_FOR_A_HOST:
            return
        asked = arguments[ASKS_FOR_A_HOST[event]]
        host = asked[0] if isinstance(asked, tuple) else asked
        if not _is_here(host):
            self.refused.append(f"{event} {host!r}")
            raise PermissionError(f"a test in {' or '.join(sorted(INDOORS))} asked for the network: {host!r}")


_GUARD = _Guard()


def _is_here(host: object) -> bool:
    if isinstance(host, str) and not host.startswith("/"):  # a path is a Unix socket
        try:
            return host in {"", "localhost"} or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False
    return True


def _is_indoors(request: pytest.FixtureRequest) -> bool:
    path = Path(request.path).relative_to(Path(__file__).parent)
    return path.parts[0] in INDOORS


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell says about brokers and keys does not reach a test."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rooms and properties are tested without I/O; loopback alone is there for fakes that listen."""
    _GUARD.active = _is_indoors(request)
    _GUARD.refused.clear()
    yield
    _GUARD.active = False

    assert [] == _GUARD.refused


@pytest.fixture(autouse=True)
def _nothing_blocks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Our async code never blocks the loop; what libraries do by themselves is theirs."""
    if not _is_indoors(request) or request.node.get_closest_marker("may_block"):
        yield
        return
    gc.disable()  # what it would find is of tests before: a gRPC server, say, that takes a lock when it goes
    try:
        with blockbuster_ctx("worker"):
            yield
    finally:
        gc.enable()
