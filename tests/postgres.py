"""A PostgreSQL server of our own: in a temporary folder, on loopback, gone with the tests."""

import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import asyncpg

from tests.prometheus import free_port

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
PASSWORD = "p%40ss-w0rd"  # as in a URL: the real one has an @
NEEDS_POSTGRES = "needs PostgreSQL: sudo apt install postgresql"
_numbers = itertools.count(1)


def _owner() -> str | None:
    """The server refuses to run as root: the package's own user does then."""
    return "postgres" if os.geteuid() == 0 else None


@dataclass
class PostgresServer:
    """To be entered; `database()` makes an empty one and gives its URL."""

    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        password = self.folder / "password"
        password.write_text("p@ss-w0rd")
        if owner := _owner():
            uid = pwd.getpwnam(owner).pw_uid
            os.chown(self.folder, uid, -1)
            os.chown(password, uid, -1)
        self._do("initdb", "-D", str(self.folder / "data"), "-U", "owner", f"--pwfile={password}",
                 "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._path("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-h", "127.0.0.1",
                 "-p", str(self.port), "-c", "fsync=off", "-c", "max_connections=50"],
                user=_owner(), cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        assert self._answers(), (self.folder / "log").read_text()

    def stop(self) -> None:
        """Stop it at once, as a crash of its machine would."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: connections are taken, and nothing is answered."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal_all(signal.SIGCONT)

    def url(self, database: str, *, user: str = "owner", password: str = PASSWORD) -> str:
        """Where that database is."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{next(_numbers)}_{secrets.token_hex(3)}"
        self._do("psql", "-q", "-d", self.url("postgres"), "-c", f"CREATE DATABASE {name}")
        return self.url(name)

    def _answers(self) -> bool:
        asked = [self._path("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while self._process.poll() is None:
            if subprocess.run(asked, check=False).returncode == 0:
                return True
        return False

    def _signal_all(self, number: int) -> None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in [self._process.pid, *map(int, children)]:
            os.kill(pid, number)

    def _do(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._path(program), *arguments], user=_owner(), cwd=self.folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    def _path(self, program: str) -> str:
        assert BINARIES is not None
        return str(BINARIES / program)


async def ask(url: str, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    """What that statement gives there."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(sql, *arguments)]
    finally:
        await connection.close()
