"""
One of several processes: `python -m worker.processes.child 7`, where 7 is the socket that its management port is at.

Its standard input tells it that its supervisor lives: when that ends, it drains, so that nobody is left who works
behind the operator's back.
"""

import socket
import sys

from worker import app
from worker.settings import SettingsError, environment, load

__all__: list[str] = []


def _main() -> int:
    listener = socket.socket(fileno=int(sys.argv[1])) if sys.argv[1:] else None
    try:
        app.main(load(environment()), environment(), listener=listener, lives_with=sys.stdin.fileno())
    except SettingsError as wrong:
        sys.stderr.write(f"azure-openai-worker: {wrong}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main())
