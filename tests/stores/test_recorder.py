from pathlib import Path

from tests.stores.databases import opened, told
from tests.stores.recording import DAY_S, Room, recording
from tests.waiting import eventually, until
from worker.events import HistoryFailed, HistoryLost, HistoryRecovered
from worker.history import Place
from worker.history.databases import Statement

_REFUSES_BAD = """
    CREATE TRIGGER refuses BEFORE INSERT ON prompts WHEN NEW.request = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END
"""


async def test_thousands_are_written_in_their_order(place: Place) -> None:
    """None is lost, none is there twice, and ids tell the order."""
    async with recording(place) as room:
        for number in range(2_500):
            room.clock.now_s += 0.001
            room.recorder.record(told(f"prompt {number}"))
    kept = await room.kept()

    assert [f"prompt {number}" for number in range(2_500)] == [entry.request for entry in kept]


async def test_old_entries_go(place: Place) -> None:
    """After the days that the operator wants, also when nothing new comes."""
    async with recording(place) as room:
        room.recorder.record(told("old"))
    later = Room(place)
    later.clock.now_s += 31 * DAY_S
    await later.recorder.open()
    await until(later.kept, [], what="the entry to go")
    await later.recorder.close()


async def test_the_oldest_go_when_there_is_too_much(place: Place) -> None:
    """What is kept stays within its bound."""
    async with recording(place, max_bytes=1_000_000, text_bytes=100_000) as room:
        for number in range(60):
            room.clock.now_s += 1
            room.recorder.record(told(f"{number:<20000}", "x" * 20_000))
            if number % 10 == 9:
                await eventually(lambda: not room.recorder.waiting, what="the entries to be written")
    kept = await room.kept()

    assert 15 <= len(kept) <= 25
    assert [f"{number}" for number in range(60 - len(kept), 60)] == [str(entry.request).strip() for entry in kept]


async def test_a_database_that_is_away_for_a_while(place: Place) -> None:
    """It is told once, what ends meanwhile waits, and is written when the database is back."""
    async with recording(place) as room:
        room.flaky.is_down = True
        for number in range(150):
            room.recorder.record(told(f"prompt {number}"))
        await eventually(lambda: room.events, what="the failure")
        room.flaky.is_down = False
        await eventually(lambda: len(room.events) > 1, what="the recovery")
    kept = await room.kept()

    assert 150 == len(kept)
    assert [HistoryFailed(cause="gone"), HistoryRecovered()] == room.events


async def test_too_much_that_waits_is_lost_and_counted(tmp_path: Path) -> None:
    """The memory is bounded: the newest are lost while nothing can be written, and their number is told."""
    async with recording(tmp_path / "a.db") as room:
        room.flaky.is_down = True
        for _ in range(5_300):
            room.recorder.record(told())
        await eventually(lambda: room.events, what="the failure")
        room.flaky.is_down = False
    kept = await room.kept()

    assert 5_000 == len(kept)
    assert 300 == sum(event.entries for event in room.events if isinstance(event, HistoryLost))


async def test_what_cannot_be_written_at_the_end_is_told(tmp_path: Path) -> None:
    """A drain does not wait for a database that is away."""
    async with recording(tmp_path / "a.db") as room:
        room.flaky.is_down = True
        room.recorder.record(told())

    assert HistoryLost(entries=1) in room.events
    assert [] == await room.kept()


async def test_what_cannot_be_an_entry(tmp_path: Path) -> None:
    """What no entry can be made of is lost and told of, and holds up nothing behind it."""
    async with recording(tmp_path / "a.db") as room:
        for duration_s in (1.5, "no time", 2.5):
            room.recorder.record(told(duration_s=duration_s))
    kept = await room.kept()

    assert [1.5, 2.5] == [entry.duration_s for entry in kept]
    assert [HistoryLost(entries=1)] == room.events


async def test_one_bad_entry_takes_no_other_with_it(tmp_path: Path) -> None:
    """An entry that a database refuses is lost and told of; those beside it are kept."""
    async with opened(tmp_path / "a.db") as database:
        await database.run(Statement(_REFUSES_BAD))
    async with recording(tmp_path / "a.db") as room:
        for prompt in ("good", "bad", "better"):
            room.recorder.record(told(prompt))
    kept = await room.kept()

    assert {"good", "better"} == {entry.request for entry in kept}
    assert [HistoryLost(entries=1)] == room.events
