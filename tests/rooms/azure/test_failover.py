import asyncio
import contextlib
from collections import Counter

import pytest

from tests.made import a_reply
from tests.rooms.azure.scripted import Said
from tests.rooms.azure.several import limited, several
from worker.azure import AzureOptions
from worker.errors import InvalidResponse, Throttled, TimedOut, Unreachable
from worker.events import CallFinished, CallRepeated
from worker.wire import Call, Surface


def reset() -> Unreachable:
    error = Unreachable("reset")
    error.broke_off = True
    return error


async def test_the_best_endpoint_is_asked() -> None:
    """While it works, the one of the lowest priority gets every call, and the reply says whose it is."""
    house = several({})
    replies = [await house.ask() for _ in range(5)]

    assert ["ptu"] * 5 == house.sent
    assert [] == house.changes() + house.failovers()
    assert {"ptu"} == {reply.answered_by.deployment for reply in replies if reply.answered_by}


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        pytest.param(limited(20), "429", id="rate limit"),
        pytest.param(503, "503", id="server error"),
        pytest.param(408, "408", id="gave up"),
        pytest.param(Unreachable("refused"), "UNREACHABLE", id="unreachable"),
        pytest.param(reset(), "UNREACHABLE", id="broke in the middle"),
        pytest.param(401, "401", id="key refused"),
        pytest.param(403, "403", id="not let in"),
        pytest.param(a_reply(429, {"error": {"code": "insufficient_quota", "message": "m"}}), "429", id="no budget"),
    ],
)
async def test_the_next_one_is_asked_at_once(said: Said, cause: str) -> None:
    """What is one endpoint's own affair costs no wait where there is another."""
    house = several({"ptu": [said]})
    reply = await house.ask()

    assert (200, 2, ["ptu", "payg"], []) == (reply.status, reply.attempts, house.sent, house.waits_s)
    assert [(cause, "payg")] == house.failovers()
    assert reply.answered_by is not None
    assert "payg" == reply.answered_by.deployment


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(400, id="our fault"),
        pytest.param(404, id="not found"),
        pytest.param(a_reply(500, "", x_should_retry="false"), id="told not to"),
        pytest.param(InvalidResponse("no answer of a service"), id="no answer of a service"),
    ],
)
async def test_what_every_endpoint_would_say_is_said_once(said: Said) -> None:
    """A wrong request is wrong everywhere."""
    house = several({"ptu": [said]})
    with contextlib.suppress(InvalidResponse):
        await house.ask()

    assert ["ptu"] == house.sent


async def test_a_limited_endpoint_is_left_alone_as_long_as_it_asks() -> None:
    """Until then others get the calls; then one call tries it, and with its answer it is back."""
    house = several({"ptu": [limited(20)]})
    for _ in range(3):
        await house.ask()
    house.now_s[0] = 19.5
    await house.ask()
    house.now_s[0] = 20.1
    await house.ask()
    await house.ask()

    assert ["ptu", "payg", "payg", "payg", "payg", "ptu", "ptu"] == house.sent
    assert [("ptu", "open"), ("ptu", "half-open"), ("ptu", "closed")] == house.changes()


async def test_a_region_that_is_down() -> None:
    """After three failures it is not asked any more; a probe that fails leaves it alone for longer."""
    house = several({"ptu": [503] * 4})
    for _ in range(4):
        await house.ask()
    house.now_s[0] += 5.0
    await house.ask()
    house.now_s[0] += 9.0
    await house.ask()
    house.now_s[0] += 2.0
    await house.ask()

    assert ["ptu", "payg"] * 3 + ["payg"] + ["ptu", "payg"] + ["payg"] + ["ptu"] == house.sent
    assert [state for _, state in house.changes()] == ["open", "half-open", "open", "half-open", "closed"]
    assert [] == house.waits_s


async def test_flapping() -> None:
    """An endpoint that fails every other time is used: each failure costs one more request, no wait."""
    house = several({"ptu": [503, 200] * 10})
    replies = [await house.ask() for _ in range(20)]

    assert {200} == {reply.status for reply in replies}
    assert (20, 10) == (house.sent.count("ptu"), house.sent.count("payg"))
    assert [] == house.changes() + house.waits_s


async def test_all_down_is_waited_out() -> None:
    """Once each has been asked the call waits for the one that opens first, and is repeated there."""
    house = several({"ptu": [limited(20)], "payg": [limited(3)]})
    reply = await house.ask()

    assert (200, ["ptu", "payg", "payg"], [3.0]) == (reply.status, house.sent, house.waits_s)
    assert [3.0] == [event.wait_s for event in house.events if isinstance(event, CallRepeated)]


async def test_all_down_for_too_long() -> None:
    """Where no wait fits, the caller hears the refusal that is over first, which becomes the job's back-off."""
    house = several({"ptu": [limited(600)], "payg": [limited(90)]})
    reply = await house.ask()

    assert (429, "90", []) == (reply.status, reply.header("retry-after"), house.waits_s)
    with pytest.raises(Throttled) as caught:
        await house.ask()
    assert (90, ["ptu", "payg"]) == (caught.value.retry_after_s, house.sent)


async def test_all_broken() -> None:
    """Endpoints that failed are waited for like limited ones; nothing is sent to them before."""
    house = several({"ptu": [503] * 9, "payg": [503] * 9}, options=AzureOptions(max_attempts=2))
    for _ in range(3):
        assert 503 == (await house.ask()).status
    with pytest.raises(Unreachable, match="no endpoint of the connection 'main' works; the next is tried in 5 s"):
        await house.ask(timeout_s=4.0)

    assert 6 == len(house.sent)
    assert [] == house.waits_s


async def test_the_attempts_are_counted_over_all_endpoints() -> None:
    """A call is not sent more often because there are more places to send it to."""
    house = several({"ptu": [503] * 9, "payg": [503] * 9}, options=AzureOptions(max_attempts=3))

    assert 3 == (await house.ask()).attempts == len(house.sent)


async def test_what_may_have_been_billed_is_repeated_once() -> None:
    """An exchange that broke in the middle may be charged for, wherever: the second one ends the call."""
    house = several({"ptu": [reset()], "payg": [reset()]})
    with pytest.raises(Unreachable, match="reset"):
        await house.ask()

    assert ["ptu", "payg"] == house.sent
    assert 2 == len([event for event in house.events if isinstance(event, CallFinished)])


async def test_a_mixed_round() -> None:
    """Of one refusal that passes and one that does not, the former decides whether there is another round."""
    house = several({"ptu": [limited(5)], "payg": [401]})
    reply = await house.ask()

    assert (200, [5.0], ["ptu", "payg"]) == (reply.status, house.waits_s, house.sent[:2])


async def test_weights() -> None:
    """Among equals each gets its share of the calls."""
    house = several({}, ("a", 1, 3.0), ("b", 1, 1.0), ("spare", 2, 9.0))
    for _ in range(400):
        await house.ask()
    shares = Counter(house.sent)

    assert 400 == shares["a"] + shares["b"]
    assert 270 <= shares["a"] <= 330


async def test_each_endpoint_has_its_own_key() -> None:
    """No endpoint ever sees another one's."""
    house = several({"ptu": [503]}, keys=["ptus", "paygs"])
    await house.ask()

    assert ["ptus", "paygs"] == [headers["api-key"] for headers in house.regions.headers]


async def test_a_body_names_the_deployment_that_is_asked() -> None:
    """Where the deployment stands in the body, it is the other one's there."""
    house = several({"ptu": [503]})
    routes = [
        route._replace(target=route.target.__class__(
            surface=Surface.MODEL, base_url=f"https://{name}.example/v1", deployment=name, api_version=None
        ))
        for name, route in zip(("ptu", "payg"), house.routes.routes, strict=True)
    ]  # fmt: skip
    call = Call(path="chat/completions", body=b'{"model":"ptu"}')
    await house.azure.ask(call, house.routes._replace(routes=tuple(routes)), timeout_s=9)

    assert [b'{"model":"ptu"}', b'{"model":"payg"}'] == house.regions.bodies


async def test_a_busy_deployment_is_passed_by() -> None:
    """Where a call would have to stand in line, the next endpoint takes it at once."""
    house = several({"ptu": [limited(1), None]})
    await house.ask()
    house.now_s[0] = 2.0
    first = asyncio.create_task(house.ask())  # the probe, which hangs
    await asyncio.sleep(0)
    reply = await house.ask()
    first.cancel()

    assert (200, ["ptu", "payg", "ptu", "payg"]) == (reply.status, house.sent)


async def test_a_call_that_is_given_up_leaves_the_probe_to_the_next() -> None:
    """A task's own time-out says nothing of the endpoint."""
    house = several({"ptu": [limited(1), None]})
    await house.ask()
    house.now_s[0] = 2.0
    with pytest.raises(TimedOut):
        await house.ask(timeout_s=0.01)
    await house.ask()

    assert ["ptu", "payg", "ptu", "ptu"] == house.sent
