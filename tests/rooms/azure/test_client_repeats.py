import pytest

from tests.made import a_reply
from tests.rooms.azure.scripted import Said, Script, a_connection, a_house, a_target
from worker.azure import Azure, AzureOptions, Limiter, LimitOptions
from worker.connections import Route, Routes
from worker.errors import CallError, TimedOut, Unreachable
from worker.events import CallFinished, CallQueued, CallRepeated, Event
from worker.wire import Call


def reset() -> Unreachable:
    error = Unreachable("reset")
    error.broke_off = True
    return error


@pytest.mark.parametrize(
    ("replies", "waits_s"),
    [
        pytest.param([200], [], id="at once"),
        pytest.param([503, 200], [0.5], id="once"),
        pytest.param([408, 409, 500, 200], [0.5, 1, 2], id="doubled"),
        pytest.param([a_reply(429, "", retry_after="3"), 200], [3], id="as asked"),
        pytest.param([Unreachable("refused"), 200], [0.5], id="network"),
        pytest.param([reset(), 200], [0.5], id="broken off"),
    ],
)
async def test_what_may_pass_is_asked_again(replies: list[Said], waits_s: list[float]) -> None:
    """The answer comes after as many attempts as it took, and says so."""
    house = a_house(*replies)

    reply = await house.ask()

    assert (200, len(replies)) == (reply.status, reply.attempts)
    assert waits_s == house.waits_s
    assert waits_s == [event.wait_s for event in house.events if isinstance(event, CallRepeated)]
    assert len(replies) == len([event for event in house.events if isinstance(event, CallFinished)])


async def test_time_that_a_limit_takes_is_told() -> None:
    """A call that a quota holds back says how long it waited."""
    events: list[Event] = []
    limiter = Limiter(LimitOptions(requests_per_minute=1200.0))
    azure = Azure(AzureOptions(), transport=Script([200] * 40), observe=events.append, limiter=limiter)
    connection = a_connection()
    routes = Routes((Route(a_target(connection), connection),))

    while not any(isinstance(event, CallQueued) for event in events):
        await azure.ask(Call(path="chat/completions"), routes, timeout_s=60.0)

    assert 0.01 <= sum(event.wait_s for event in events if isinstance(event, CallQueued))


@pytest.mark.parametrize(
    ("replies", "status", "attempts"),
    [
        pytest.param([400], 400, 1, id="our fault"),
        pytest.param([503] * 3, 503, 3, id="attempts used up"),
        pytest.param([a_reply(429, "", retry_after="90")], 429, 1, id="longer than we wait"),
        pytest.param([503, 404], 404, 2, id="another refusal"),
        pytest.param([a_reply(500, "", x_should_retry="false")], 500, 1, id="told not to"),
    ],
)
async def test_the_last_refusal_is_the_reply(replies: list[Said], status: int, attempts: int) -> None:
    """Where no more attempts follow, the caller gets what the service said last."""
    reply = await a_house(*replies, options=AzureOptions(max_attempts=3)).ask()

    assert (status, attempts) == (reply.status, reply.attempts)


async def test_a_wait_fits_or_is_not_begun() -> None:
    """When the task's time would end within the wait, the caller hears the refusal now."""
    house = a_house(a_reply(429, "", retry_after="30"))

    reply = await house.ask(timeout_s=20.0)

    assert 429 == reply.status
    assert [] == house.waits_s


async def test_what_may_have_been_billed_is_repeated_once() -> None:
    """Each exchange that broke in the middle may be charged for, so a second one ends the call."""
    house = a_house(reset(), reset())

    with pytest.raises(Unreachable, match="reset"):
        await house.ask()

    assert 2 == len(house.script.sent)


async def test_a_service_that_stays_away() -> None:
    """After the last attempt the caller hears why there is no answer."""
    house = a_house(*[Unreachable("refused")] * 6)

    with pytest.raises(CallError, match="refused"):
        await house.ask()

    assert [0.5, 1, 2, 4, 8] == house.waits_s


async def test_the_second_key_stays_in_use() -> None:
    """A key that was refused is not tried again after a wait."""
    house = a_house(401, 503, 200)

    reply = await house.ask(second="two")

    assert (200, 3) == (reply.status, reply.attempts)
    assert ["one", "two", "two"] == [headers["api-key"] for _, _, headers, _, _ in house.script.sent]


async def test_the_total_time_holds_over_all_attempts() -> None:
    """A later attempt gets what is left of the time."""
    house = a_house(a_reply(503, "", retry_after_ms="1"), None, ticks_s=0.0)

    with pytest.raises(TimedOut):
        await house.ask(timeout_s=0.05)
