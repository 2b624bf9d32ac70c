import asyncio
from dataclasses import dataclass, field

import pytest

from worker.errors import SecretsUnreachable
from worker.events import Event, SecretSourceFailed, SecretSourceRecovered
from worker.secrets import CachedSecrets, StoreDown
from worker.secrets.sources import cached as cached_module


@dataclass
class FakeStore:
    """Keeps *values* until it is down; remembers what it was asked."""

    values: dict[str, str] = field(default_factory=lambda: {"KEY": "v1"})
    label: str = "the fake"
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    now_s: float = 0.0
    naps_s: list[float] = field(default_factory=list)
    back_after: int = 1_000
    hangs: asyncio.Event | None = None

    async def fetch(self, name: str) -> str | None:
        self.asked.append(name)
        await (self.hangs.wait() if self.hangs else asyncio.sleep(0))
        if self.is_down and len(self.asked) <= self.back_after:
            raise StoreDown("it answered 503")
        return self.values.get(name)

    async def close(self) -> None:
        self.values.clear()

    async def sleep(self, nap_s: float) -> None:
        self.naps_s.append(nap_s)
        self.now_s += nap_s


def cached(store: FakeStore) -> CachedSecrets:
    return CachedSecrets(store, ttl_s=100, patience_s=20, clock=lambda: store.now_s, sleep=store.sleep)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_store_is_asked_once_for_many() -> None:
    """Jobs that want the same secret at the same time share one question, and the next ones its answer."""
    store = FakeStore()
    source = cached(store)

    values = await asyncio.gather(*(source.get("KEY", None) for _ in range(50)))

    assert values == ["v1"] * 50
    assert await source.get("KEY", None) == "v1"
    assert store.asked == ["KEY"]


async def test_a_value_is_renewed_before_its_end() -> None:
    """Nobody waits for a rotation: the old value is used while the new one comes."""
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    store.values["KEY"] = "v2"
    store.now_s = 85

    assert await source.get("KEY", None) == "v1"
    await settle()
    assert await source.get("KEY", None) == "v2"


async def test_an_old_value_is_not_used_while_the_store_answers() -> None:
    """After its time a value is asked for first."""
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    store.values["KEY"] = "v2"
    store.now_s = 101

    assert await source.get("KEY", None) == "v2"


async def test_a_store_that_is_away_is_not_missed() -> None:
    """The old value serves on, however old."""
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    store.is_down = True
    store.now_s = 10_000

    assert await source.get("KEY", None) == "v1"
    assert store.naps_s == []


async def test_a_store_that_is_away_is_left_alone_for_a_while() -> None:
    """Of a thousand jobs that have an old value, one finds out that the store is down."""
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    store.is_down = True
    store.now_s = 10_000

    assert [await source.get("KEY", None) for _ in range(1_000)] == ["v1"] * 1_000
    assert store.asked == ["KEY", "KEY"]


async def test_a_store_that_hangs_holds_up_nobody_who_has_an_old_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old value serves on while the question is under way, and the answer is used when it comes."""
    monkeypatch.setattr(cached_module, "_WAITED_FOR_S", 0.01)
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    store.values["KEY"], store.now_s, store.hangs = "v2", 101, asyncio.Event()

    assert await source.get("KEY", None) == "v1"
    store.hangs.set()
    await settle()
    assert await source.get("KEY", None) == "v2"


async def test_a_first_value_is_waited_for() -> None:
    """A store that comes back in time costs a job some seconds, no retry."""
    store = FakeStore(is_down=True, back_after=3)

    assert await cached(store).get("KEY", None) == "v1"
    assert store.naps_s == [0.5, 1.0, 2.0]


async def test_a_store_that_stays_away_is_an_error_to_be_tried_again() -> None:
    """The text names secret, store and what it said."""
    store = FakeStore(is_down=True)

    with pytest.raises(SecretsUnreachable, match=r"'KEY'.*the fake: it answered 503"):
        await cached(store).get("KEY", None)
    assert sum(store.naps_s) <= 20


async def test_a_missing_name_is_soon_asked_for_again() -> None:
    """A secret that was just created is found within seconds, but a wrong name is no flood."""
    store = FakeStore()
    source = cached(store)
    assert await source.get("NEW", None) is None
    store.values["NEW"] = "n"
    assert await source.get("NEW", None) is None
    store.now_s = 11

    assert await source.get("NEW", None) == "n"


async def test_what_was_taken_away_is_gone() -> None:
    """A revoked secret is no more used than the store says."""
    store = FakeStore()
    source = cached(store)
    await source.get("KEY", None)
    del store.values["KEY"]
    store.now_s = 101

    assert await source.get("KEY", None) is None


async def test_a_job_that_gives_up_leaves_the_others_their_answer() -> None:
    """One cancelled job does not end the question that others wait for."""
    store = FakeStore()
    source = cached(store)
    first = asyncio.create_task(source.get("KEY", None))
    second = asyncio.create_task(source.get("KEY", None))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == "v1"


async def test_names_are_bounded() -> None:
    """A task that asks for one name after the other does not fill the memory."""
    source = cached(FakeStore())
    for number in range(1_100):
        await source.get(f"N{number}", None)

    assert "1000 kept" in repr(source)
    assert "v1" not in repr(source)


async def test_an_outage_is_told_once() -> None:
    """Whoever watches hears that the store is down, by its cause, and that it answers again."""
    store, events = FakeStore(is_down=True, back_after=3), list[Event]()
    source = cached(store)
    source.observe = events.append

    assert "v1" == await source.get("KEY", None)
    assert events == [
        SecretSourceFailed(source="the fake", cause="it answered 503"),
        SecretSourceRecovered(source="the fake"),
    ]
