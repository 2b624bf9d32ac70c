"""
Runs one command and never outlives its parent: `python guard.py SCRATCH COMMAND...`.

The parent holds our stdin and writes one byte to it: `t` asks the command to end, `k` kills it. When stdin
closes, or the parent is gone by any other sign, the command is killed and the folder SCRATCH removed, so a
parent that dies by SIGKILL leaves neither a process nor half-written files. The exit code is the command's.

Stands alone on purpose (standard library only, run by file name): it starts in a few hundredths of a second.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType

PARENT_CHECK_S = 1.0
_PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def main(arguments: list[str]) -> int:
    """Run the command in *arguments*[1:] to its end; the folder *arguments*[0] goes when the parent goes first."""
    scratch, *command = arguments
    for heard in (signal.SIGINT, signal.SIGTERM):  # only the parent decides when the command ends
        signal.signal(heard, _do_nothing)  # unlike SIG_IGN, a handler is not inherited by the command
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_child_setup())  # noqa: PLW1509, S603 - no second thread yet; the command is the caller's own
    orphaned = threading.Event()
    threading.Thread(target=_obey, args=(child, orphaned), daemon=True).start()
    code = _wait(child, orphaned)
    if orphaned.is_set():
        shutil.rmtree(scratch, ignore_errors=True)
    return code


def _wait(child: "subprocess.Popen[bytes]", orphaned: threading.Event) -> int:
    parent = os.getppid()
    while True:
        try:
            return child.wait(timeout=PARENT_CHECK_S)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:  # someone else may hold a copy of our stdin open
                orphaned.set()
                child.kill()


def _obey(child: "subprocess.Popen[bytes]", orphaned: threading.Event) -> None:
    while order := _next_order():
        # A command that has ended meanwhile is just what was asked for.
        with contextlib.suppress(ProcessLookupError):
            if order == b"t":
                child.terminate()
            else:
                child.kill()
    orphaned.set()
    child.kill()


def _next_order() -> bytes:
    try:
        return os.read(0, 1)  # unbuffered: a buffered reader's lock would stop the interpreter from exiting
    except OSError:
        return b""


def _do_nothing(_number: int, _frame: FrameType | None) -> None: ...


def _child_setup() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    set_option = ctypes.CDLL(None, use_errno=True).prctl

    def die_with_the_guard() -> None:
        set_option(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return die_with_the_guard


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
