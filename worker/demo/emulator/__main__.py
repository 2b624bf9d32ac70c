"""
The emulator as a process of its own: `python -m worker.demo.emulator [--port N] [--latency-s S] [--deployment ...]`.

Says `{"url": …}` on one line of stdout when it listens. Ends on SIGTERM or Ctrl-C, and with
`--until-stdin-closes` also when its parent is gone.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

from worker.demo.emulator.deployments import DEFAULT, Deployment
from worker.demo.emulator.server import Emulator

if sys.platform != "win32":
    import uvloop


def main() -> None:
    """Run until told to end."""
    options = _options()
    key = sys.stdin.readline().strip() if options.key_from_stdin else options.key
    deployments = dict(options.deployment) or dict(DEFAULT)
    emulator = Emulator(
        keys=(key,), deployments=deployments, latency_s=options.latency_s, port=options.port, controllable=True
    )
    # asyncio.run takes no factory before Python 3.12
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_quick_loop()) as runner:
        runner.run(_serve(emulator, until_stdin_closes=options.until_stdin_closes))


async def _serve(emulator: Emulator, *, until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    if sys.platform != "win32":  # which ends us without asking
        loop.add_signal_handler(signal.SIGTERM, ended.set)
    if until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(loop, ended), daemon=True).start()
    async with emulator:
        sys.stdout.write(json.dumps({"url": emulator.url}) + "\n")
        sys.stdout.flush()
        await ended.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    while os.read(0, 1_024):
        pass
    with contextlib.suppress(RuntimeError):  # the loop may have ended meanwhile
        loop.call_soon_threadsafe(ended.set)


def _quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return None if sys.platform == "win32" else uvloop.new_event_loop


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m worker.demo.emulator", description="An Azure OpenAI on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one (default)")
    parser.add_argument("--key", default="emulator-key", help="the key that is let in")
    parser.add_argument("--key-from-stdin", action="store_true", help="read the key from the first line of stdin")
    parser.add_argument("--latency-s", type=float, default=0.0, help="seconds that each answer takes")
    parser.add_argument(
        "--deployment",
        action="append",
        default=[],
        type=_deployment,
        metavar="NAME[=MODEL]",
        help="a deployment instead of the usual ones; one of their models lends it its abilities",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when stdin is closed")
    return parser.parse_args()


def _deployment(text: str) -> tuple[str, Deployment]:
    name, _, model = text.partition("=")
    known = DEFAULT.get(model or name)
    return name, known or replace(DEFAULT["gpt-4o"], model=model or name)


if __name__ == "__main__":
    main()
