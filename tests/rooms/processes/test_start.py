import gc

import pytest

from worker.processes import begin, supervisor


def test_who_watches_collects_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collections are off until all is loaded, and on afterwards in a process that only watches over others too."""

    async def supervise(*_: object) -> int:
        return int(gc.isenabled())

    monkeypatch.setattr(supervisor, "supervise", supervise)
    gc.disable()
    try:
        assert begin(2) == 1
    finally:
        gc.enable()
