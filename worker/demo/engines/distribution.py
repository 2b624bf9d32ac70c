"""How to start the broker of Zeebe's own distribution, 8.5 and later, small and quick."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from worker.demo.broker_ports import LOOPBACK
from worker.demo.engines import java

__all__ = ["PORTS", "Shape", "Site", "command", "settings"]

PORTS = 5  # gateway, commands, cluster, health and metrics, REST

# A laptop's share of memory, and 2 s sooner up: 5.4 s instead of 7.7 s for 8.5.8 on two cores.
_QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8")
_MAIN_CLASS = re.compile(r"^\s+(io\.camunda\.[\w.]+)\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a broker is to be like: its *partitions*, and further *settings* under Zeebe's own property names."""

    partitions: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    Where and how large a broker is to be.

    *home* is the unpacked distribution; all that the broker writes goes below *folder*; *ports* are PORTS many.
    """

    home: Path
    java_home: Path
    folder: Path
    ports: tuple[int, ...]
    shape: Shape
    heap_mb: int


def command(site: Site) -> list[str | Path]:
    """Build the command that runs a broker."""
    given = settings(site.folder / "data", ports=site.ports, shape=site.shape)
    return [
        java.executable(site.java_home),
        *_QUICK,
        f"-Xmx{site.heap_mb}m",
        f"-Djava.io.tmpdir={site.folder}",  # where RocksDB unpacks its library, 10 MB, and a killed Java leaves it
        f"-Dbasedir={site.folder}",
        f"-Dapp.home={site.folder}",
        *(f"-D{name}={value}" for name, value in given.items()),
        "-classpath",
        os.pathsep.join([str(site.home / "config"), str(site.home / "lib" / "*")]),
        _main_class(site.home),
    ]


def settings(data: Path, *, ports: Sequence[int], shape: Shape) -> dict[str, str]:
    """Return the broker's configuration: one broker for one machine, heard on loopback only."""
    gateway, commands, cluster, monitoring, rest = map(str, ports)
    return {
        "zeebe.broker.cluster.partitionsCount": str(shape.partitions),
        "zeebe.broker.network.host": LOOPBACK,
        "zeebe.broker.network.commandApi.port": commands,
        "zeebe.broker.network.internalApi.port": cluster,
        "zeebe.broker.gateway.network.host": LOOPBACK,
        "zeebe.broker.gateway.network.port": gateway,
        "zeebe.broker.data.directory": str(data),
        "zeebe.broker.data.disk.enableMonitoring": "false",  # a nearly full disk must not stop a demo
        "zeebe.broker.data.logSegmentSize": "16MB",
        "zeebe.broker.flowControl.enabled": "false",
        "zeebe.broker.backpressure.enabled": "false",
        "server.address": LOOPBACK,
        "server.port": rest,
        "management.server.address": LOOPBACK,
        "management.server.port": monitoring,
        **shape.settings,
    }


def _main_class(home: Path) -> str:
    """Read the class that the distribution's own script starts; it moved between 8.5 and 8.6."""
    script = home / "bin" / "broker"
    found = _MAIN_CLASS.search(script.read_text(encoding="utf-8"))
    if found is None:
        raise RuntimeError(f"{script} names no main class")
    return found.group(1)
