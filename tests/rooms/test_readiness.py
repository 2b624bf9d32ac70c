from worker.app.readiness import Credentials
from worker.connections import Asker, Connections
from worker.connector import Access
from worker.secrets import Secrets


class Growing:
    """A source that keys are put into while the worker runs."""

    is_shared = False
    is_fixed = False
    label = "the test"

    def __init__(self) -> None:
        self.values = {"ONE": "1"}

    async def get(self, name: str, _asker: Asker | None, /) -> str | None:
        return self.values.get(name)

    def advice(self, name: str, _asker: Asker | None, /) -> str:
        return f"create {name}"

    async def close(self) -> None:
        self.values.clear()


async def test_ready_when_every_key_has_been_read() -> None:
    """What is missing is named until it is there; then nothing is asked any more."""
    source = Growing()
    naps: list[float] = []

    async def created_meanwhile(nap_s: float) -> None:
        naps.append(nap_s)
        assert "TWO" in (credentials.lacks() or "")
        source.values["TWO"] = "2"

    credentials = Credentials(Access(Secrets(source), Connections()), ["ONE", "TWO"], sleep=created_meanwhile)
    assert credentials.lacks() == "credentials not read yet"
    await credentials.load()

    assert (None, 1) == (credentials.lacks(), len(naps))


async def test_a_worker_without_connections_lacks_nothing() -> None:
    """What tasks bring themselves is their own business."""
    credentials = Credentials(Access(Secrets(), Connections()), [])
    await credentials.load()

    assert None is credentials.lacks()
