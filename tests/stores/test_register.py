from msgspec.structs import replace

from tests.made import a_job
from tests.stores.databases import opened, told
from tests.stores.recording import NOW_S, recording
from worker.history import Place
from worker.history.databases import Statement
from worker.history.prompts import Register, Wanted


async def test_looking_for_entries(place: Place) -> None:
    """By each field, by time, the latest first; a list carries no texts."""
    async with recording(place) as room:
        for deployment in ("a", "b", "b"):
            room.clock.now_s += 10
            room.recorder.record(told(deployment=deployment))
    async with opened(place) as database:
        register = Register(database)
        latest = await register.latest(Wanted(), count=2)
        of_a = await register.latest(Wanted(deployment="a", process="chat-completion", tenant="<default>"), count=9)
        recent = await register.count(Wanted(since=NOW_S + 20, until=NOW_S + 30))
        by_instance = await register.count(Wanted(process_instance=a_job().process_instance_key))
        shown = await register.one(of_a[0].id)

    assert [NOW_S + 30, NOW_S + 20] == [entry.ended_at for entry in latest]
    assert [("a", None, None)] == [(entry.deployment, entry.request, entry.answer) for entry in of_a]
    assert (1, 3) == (recent, by_instance)
    assert shown is not None
    assert "What is two and two?" == shown.request


async def test_purging(place: Place) -> None:
    """What is wanted goes, with the answers kept for its jobs; the rest stays."""
    async with recording(place) as room:
        for number, instance in enumerate((1, 1, 2)):
            room.recorder.record(told(job=replace(a_job(), key=number, process_instance_key=instance)))
    keep = "INSERT INTO ours.answers (job_key, request, kept_at, answer) VALUES (?1, ?2, ?3, ?4)"
    async with opened(place) as database:
        await database.run(Statement(keep, [(number, b"r", 1.0, b"x") for number in range(3)]))
        await Register(database).purge(Wanted(process_instance=1))
        answers = await database.run(Statement("SELECT job_key FROM ours.answers"))

    assert [2] == [entry.process_instance for entry in await room.kept()]
    assert [(2,)] == answers
