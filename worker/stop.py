"""How a worker is told to end."""

import asyncio
import os
import signal
import sys

__all__ = ["Stop"]


class Stop:
    """*asked* lets the worker drain, *hurried* cuts the drain short."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.hurried = asyncio.Event()

    def ask(self) -> None:
        """The first call asks, the second hurries."""
        (self.hurried if self.asked.is_set() else self.asked).set()

    def live_with(self, file: int) -> None:
        """Let the end of *file* ask, in a running loop: whoever holds its other end is gone."""
        events = asyncio.get_running_loop()

        def look() -> None:
            if not os.read(file, 1024):
                events.remove_reader(file)
                if not self.asked.is_set():
                    self.ask()

        events.add_reader(file, look)

    def listen(self) -> None:
        """Let SIGTERM and SIGINT ask, in a running loop."""
        events = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if sys.platform == "win32":  # its event loops know no signal handlers
                signal.signal(number, lambda *_: events.call_soon_threadsafe(self.ask))
            else:
                events.add_signal_handler(number, self.ask)
