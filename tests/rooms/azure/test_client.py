import asyncio

import pytest

from tests.rooms.azure.scripted import Said, a_house
from worker.azure import AzureOptions, Timeouts
from worker.errors import InputError, TimedOut, Unreachable
from worker.events import CallFinished, FirstKeyRefused
from worker.trace import Trace
from worker.wire import Behalf, Call

_ONCE = AzureOptions(max_attempts=1)


async def test_sends_the_call() -> None:
    """A call goes out with its address, its credentials, its body and the options' time-outs."""
    house = a_house(200, options=AzureOptions(user_agent="me/1", connect_timeout_s=3.0, read_timeout_s=4.0))
    reply = await house.ask()

    assert house.script.sent == [
        (
            "POST",
            "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
            {
                "user-agent": "me/1",
                "accept-encoding": "gzip, deflate",
                "api-key": "one",
                "content-type": "application/json",
            },
            b"{}",
            Timeouts(connect_s=3.0, read_s=4.0),
        )
    ]
    assert (200, b"body", 1, 3.0) == (reply.status, reply.body, reply.attempts, reply.duration_s)


async def test_no_body_no_type() -> None:
    """A call without a body states no content type."""
    house = a_house(200)
    await house.ask(call=Call(path="models", method="GET"))

    assert "content-type" not in house.script.sent[0][2]


@pytest.mark.parametrize("status", [200, 302, 400, 401, 429, 500])
async def test_any_status_is_a_reply(status: int) -> None:
    """No status is judged here, and each is reported."""
    house = a_house(status, options=_ONCE)
    reply = await house.ask()

    assert status == reply.status
    assert [CallFinished(deployment="gpt", status=status, duration_s=1.0, host="r.openai.azure.com")] == house.events


@pytest.mark.parametrize(
    ("statuses", "second", "keys"),
    [
        pytest.param([200], "two", ["one"], id="first is good"),
        pytest.param([401, 200], "two", ["one", "two"], id="second is good"),
        pytest.param([401, 401], "two", ["one", "two"], id="both refused"),
        pytest.param([401], None, ["one"], id="no second"),
        pytest.param([403], "two", ["one"], id="403 is not about the key"),
    ],
)
async def test_second_key(statuses: list[Said], second: str | None, keys: list[str]) -> None:
    """After a 401, and only then, the secondary key is tried once; each exchange is reported."""
    house = a_house(*statuses)
    reply = await house.ask(second=second)

    assert keys == [headers["api-key"] for _, _, headers, _, _ in house.script.sent]
    assert len(keys) == reply.attempts == sum(isinstance(event, CallFinished) for event in house.events)
    assert (len(keys) == 2) == (FirstKeyRefused(deployment="gpt") in house.events)


async def test_total_time() -> None:
    """A service that never answers is given up in time, and the exchange is reported without a status."""
    house = a_house(None)

    with pytest.raises(TimedOut, match=r"0\.01 s"):
        await house.ask(timeout_s=0.01)

    assert [CallFinished(deployment="gpt", status=None, duration_s=1.0, host="r.openai.azure.com")] == house.events


async def test_total_time_holds_over_both_keys() -> None:
    """The second key gets what is left of the time, not the same time again."""
    house = a_house(401, None)

    with pytest.raises(TimedOut):
        await house.ask(second="two", timeout_s=0.01)


@pytest.mark.parametrize("timeout_s", [0.0, -1.0])
async def test_no_time_no_call(timeout_s: float) -> None:
    """A call that is late already is not begun: it would be billed."""
    house = a_house(200)

    with pytest.raises(TimedOut):
        await house.ask(timeout_s=timeout_s)

    assert not house.script.sent


async def test_passes_failures_on() -> None:
    """What the transport says went wrong is what the caller hears."""
    house = a_house(Unreachable("no route"), options=_ONCE)

    with pytest.raises(Unreachable, match="no route"):
        await house.ask()

    [event] = house.events
    assert isinstance(event, CallFinished)
    assert (event.status, event.error) == (None, "UNREACHABLE")


async def test_cancelled_from_outside() -> None:
    """A cancelled call is cancelled, not timed out."""
    house = a_house(None)
    call = asyncio.create_task(house.ask())
    await asyncio.sleep(0)
    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call


async def test_unsendable_is_not_sent() -> None:
    """A wrong path or key is found before anything goes out."""
    house = a_house(200)

    with pytest.raises(InputError):
        await house.ask(call=Call(path="../x"))

    assert not house.script.sent


async def test_close() -> None:
    """Closing the door closes the transport."""
    house = a_house()
    await house.azure.close()

    assert house.script.closed


async def test_passes_the_trace_on() -> None:
    """Each exchange is a span of its own below the job's, and the service is told which."""
    house = a_house(503, 200)
    job = Trace(trace_id=1, span_id=2, is_sampled=True)
    await house.ask(by=Behalf(trace=job))

    spans = [event.trace for event in house.events if isinstance(event, CallFinished) and event.trace]
    assert [2, 2] == [span.parent_id for span in spans]
    assert [span.headers()["traceparent"] for span in spans] == [sent[2]["traceparent"] for sent in house.script.sent]
    assert len({span.span_id for span in spans}) == 2
