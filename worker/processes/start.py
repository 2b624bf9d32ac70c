"""The command `run`: one process, or several."""

import asyncio
import gc
import sys

from worker.settings import Settings, SettingsError, environment, load

__all__ = ["begin"]

_WRONG_SETTING = 2  # exit code, as for wrong options


def begin(processes: int | None = None) -> int:
    """
    Work as the environment says, in so many *processes*; None for as many as the settings say.

    The exit code: 2, and a sentence on standard error, where a setting is wrong.
    """
    try:
        settings = load(environment())
        count = settings.worker_processes if processes is None else processes
        if count > 1:
            return _supervised(settings, count)
        from worker import app  # who only watches over others need not carry what they work with

        app.main(settings, environment())
    except SettingsError as wrong:
        sys.stderr.write(f"azure-openai-worker: {wrong}\n")
        return _WRONG_SETTING
    return 0


def _supervised(settings: Settings, count: int) -> int:
    if sys.platform == "win32":
        raise SettingsError(f"WORKER_PROCESSES: got {count}, wanted 1: on Windows a worker is one process")
    from worker.processes.supervisor import supervise

    gc.enable()  # as `app.main` does, which this process never comes to
    return asyncio.run(supervise(settings, environment(), count))
