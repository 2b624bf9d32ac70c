import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.made import a_job, a_reply, a_target
from worker.events import AnswerReused, Event, StoreFailed, StoreRecovered
from worker.history import Answers, Key, RecentAnswers, Store, StoreError, database_store
from worker.job import Job
from worker.wire import Call, Reply

_CALL = Call(path="chat/completions", body=b'{"messages":[]}')


def _key(number: int) -> Key:
    return Key(job_key=number, head=b"h", body=b"b")


@dataclass
class Service:
    """Answers each call with a number of its own."""

    asked: int = 0

    async def ask(self, _call: Call) -> Reply:
        self.asked += 1
        return a_reply(200, f"answer {self.asked}", retry_after="1")


class Stored:
    """A store that keeps everything."""

    def __init__(self) -> None:
        self.answers: dict[Key, bytes] = {}

    async def find(self, key: Key) -> bytes | None:
        return self.answers.get(key)

    async def keep(self, key: Key, answer: bytes) -> None:
        self.answers[key] = answer

    async def forget(self, job_key: int) -> None:
        self.answers = {key: answer for key, answer in self.answers.items() if key.job_key != job_key}

    async def close(self) -> None:
        pass


class Broken:
    """A store that is out of order, until it is mended."""

    is_mended = False

    async def find(self, *_: object) -> bytes | None:
        if self.is_mended:
            return None
        raise StoreError("disk full")

    async def keep(self, *_: object) -> None:
        raise StoreError("disk full")

    async def forget(self, *_: object) -> None:
        raise StoreError("disk full")

    async def close(self) -> None:
        pass


@dataclass
class Room:
    """Answers in memory and in stores, and what they told of."""

    stores: list[Store] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    service: Service = field(default_factory=Service)

    def __post_init__(self) -> None:
        self.answers = Answers(RecentAnswers(max_bytes=1_000_000), self.stores, observe=self.events.append)

    async def run(self, *calls: Call, job: Job | None = None, deployment: str = "d") -> list[bytes]:
        """The bodies that one run of the job is answered with."""
        kept = self.answers.of(job or a_job())
        target = replace(a_target(), deployment=deployment)
        replies = [
            await kept.through(target, self.service.ask, call, is_public=lambda reply: b"secret" not in reply.body)
            for call in calls
        ]
        return [reply.body for reply in replies]


async def test_a_job_that_comes_again_is_answered_from_the_store() -> None:
    """The service is asked once, and telemetry hears that an answer was used again."""
    room = Room()

    assert await room.run(_CALL) == await room.run(_CALL) == [b"answer 1"]
    assert 1 == room.service.asked
    assert [AnswerReused(job=a_job())] == room.events


async def test_the_same_call_twice_is_two_calls() -> None:
    """An operation that asks the same thing twice wants two answers; a second run gets both again."""
    room = Room()

    assert [b"answer 1", b"answer 2"] == await room.run(_CALL, _CALL)
    assert [b"answer 1", b"answer 2"] == await room.run(_CALL, _CALL)


@pytest.mark.parametrize(
    ("call", "job", "deployment"),
    [
        pytest.param(replace(_CALL, body=b"{}"), a_job(), "d", id="another prompt"),
        pytest.param(replace(_CALL, query={"a": "b"}), a_job(), "d", id="another query"),
        pytest.param(_CALL, replace(a_job(), key=1), "d", id="another job"),
        pytest.param(_CALL, a_job(), "e", id="another deployment"),
    ],
)
async def test_another_question_is_asked(call: Call, job: Job, deployment: str) -> None:
    """Only the very same call of the very same job is answered from the store."""
    room = Room()
    await room.run(_CALL)

    assert [b"answer 2"] == await room.run(call, job=job, deployment=deployment)


async def test_what_only_looks_is_always_asked() -> None:
    """The state of a batch changes, and looking is not billed."""
    room = Room()
    look = Call(path="batches/1", method="GET")

    assert [b"answer 1", b"answer 2"] == await room.run(look, look)


async def test_what_was_no_good_is_forgotten() -> None:
    """A job that is failed because of its answer is asked anew."""
    room = Room()
    kept = room.answers.of(a_job())
    await kept.through(a_target(), room.service.ask, _CALL, is_public=lambda _: True)
    await kept.forget()

    assert [b"answer 2"] == await room.run(_CALL)


async def test_a_store_that_is_out_of_order_stops_no_job() -> None:
    """Memory and the service do, and it is told once."""
    room = Room(stores=[Broken()])

    assert await room.run(_CALL) == await room.run(_CALL) == [b"answer 1"]
    assert [StoreFailed(cause="disk full"), AnswerReused(job=a_job())] == room.events


async def test_a_store_that_works_again() -> None:
    """That is told as well, once."""
    store = Broken()
    room = Room(stores=[store])
    await room.answers.find(_key(1))
    store.is_mended = True
    for _ in range(2):
        await room.answers.find(_key(1))

    assert [StoreFailed(cause="disk full"), StoreRecovered()] == room.events


@pytest.mark.parametrize("is_public", [True, False])
async def test_an_answer_that_repeats_a_secret_stays_in_the_process(*, is_public: bool) -> None:
    """What must be masked for others lies in no file, and need not be paid for again either."""
    store = Stored()
    room = Room(stores=[store])
    kept = room.answers.of(a_job())
    target = replace(a_target(), deployment="d")
    await kept.through(target, room.service.ask, _CALL, is_public=lambda _: is_public)

    assert is_public == bool(store.answers)
    assert [b"answer 1"] == await room.run(_CALL)


async def test_memory_is_bounded() -> None:
    """The oldest answers go when there is no room, and one that is too large is not kept at all."""
    recent = RecentAnswers(max_bytes=100_000, max_answers=3)
    keys = [_key(number) for number in range(6)]
    small, fits, too_large = (a_reply(200, "x" * size) for size in (1, 22_000, 23_000))
    for key in keys[:4]:
        recent.keep(key, small)
    recent.keep(keys[4], too_large)
    for _ in range(9):
        recent.keep(keys[5], fits)

    assert [None, None, small, small, None, fits] == [recent.find(key) for key in keys]


async def test_what_was_asked_takes_room_too() -> None:
    """It is kept beside the answer, and may be the larger one."""
    recent = RecentAnswers(max_bytes=100_000)
    keys = [Key(job_key=number, head=b"", body=b"p" * 20_000) for number in range(9)]
    for key in keys:
        recent.keep(key, a_reply(200, "x"))

    assert [key for key in keys if recent.find(key)] == keys[-4:]


async def test_the_answers_of_a_job_that_is_done_go() -> None:
    """It will not come again, and they would take the room of others."""
    room = Room()
    await room.run(_CALL)
    await room.run(_CALL, job=replace(a_job(), key=1))
    room.answers.done(a_job())

    assert [b"answer 3"] == await room.run(_CALL)
    assert [b"answer 2"] == await room.run(_CALL, job=replace(a_job(), key=1))


@pytest.mark.may_block("SQLite works in a thread of its own; opening the file in the test does not")
async def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """A second worker with the same file answers from it."""
    file = tmp_path / "below" / "answers.db"
    first = Room(stores=[database_store(file, max_bytes=1_000_000, max_age_s=60)])
    await first.run(_CALL)
    await first.answers.close()
    second = Room(stores=[database_store(file, max_bytes=1_000_000, max_age_s=60)])

    assert [b"answer 1"] == await second.run(_CALL)
    assert 0 == second.service.asked
    assert 0o600 == (await asyncio.to_thread(file.stat)).st_mode & 0o777
    await second.answers.close()
