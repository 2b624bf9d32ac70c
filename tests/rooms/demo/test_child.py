"""Processes that end when we end."""

import subprocess
import sys
from pathlib import Path

import pytest

from worker.demo.engines import child as child_module
from worker.demo.engines.child import Child

GUARD = Path(child_module.__file__).with_name("guard.py")
WAITS = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
SPEAKS = [sys.executable, "-c", "import sys; print(1); print(2, file=sys.stderr)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
]

pytestmark = [
    pytest.mark.may_block("processes are started"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals"),
]


async def test_ends_by_itself(tmp_path: Path) -> None:
    """The exit code is the command's own."""
    child = Child([sys.executable, "-c", "raise SystemExit(7)"], scratch=tmp_path)

    assert 7 == await child.ended() == child.exit_code


async def test_terminate(tmp_path: Path) -> None:
    """A command that listens ends when asked."""
    child = Child(WAITS, scratch=tmp_path)
    child.stdout.readline()
    await child.terminate(patience_s=10)

    assert child.exit_code not in (None, 0)


async def test_terminate_a_stubborn_one(tmp_path: Path) -> None:
    """A command that does not listen is killed when patience is over."""
    child = Child(STUBBORN, scratch=tmp_path)
    child.stdout.readline()
    await child.terminate(patience_s=0.1)

    assert child.exit_code not in (None, 0)


async def test_kill_twice(tmp_path: Path) -> None:
    """Killing what is gone already does no harm."""
    child = Child(WAITS, scratch=tmp_path)
    await child.kill()
    await child.kill()

    assert child.exit_code is not None


async def test_output_to_a_file(tmp_path: Path) -> None:
    """Both streams of a command may go to one file."""
    with (tmp_path / "log").open("wb") as log:
        child = Child(
            [sys.executable, "-c", "import sys; print(1); print(2, file=sys.stderr)"], scratch=tmp_path, output=log
        )
        await child.ended()

    assert {"1", "2"} == set((tmp_path / "log").read_text().split())
    with pytest.raises(RuntimeError, match="goes to a file"):
        child.stdout.read()


def test_a_lost_parent(tmp_path: Path) -> None:
    """When the parent lets go, the command is killed and its scratch folder removed."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    guard = subprocess.Popen([sys.executable, GUARD, scratch, *WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert guard.stdin is not None
    assert guard.stdout is not None
    with guard.stdout:
        pid = int(guard.stdout.readline())
        guard.stdin.close()
        guard.wait(timeout=10)

    assert not scratch.exists()
    assert not Path(f"/proc/{pid}").exists()
