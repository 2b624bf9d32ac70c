import asyncio
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from tests.made import a_reply
from tests.rooms.azure.scripted import Said
from tests.rooms.azure.several import Several, several
from worker.azure import AzureOptions
from worker.errors import ConnectorError, InvalidResponse, Unreachable
from worker.wire import Reply

TIMEOUT_S: Final = 100.0
MOST_WAIT_S: Final = 60.0
OWN_AFFAIRS: Final = ("429", "503", "401", "403", "refused", "reset")  # of an endpoint, so that another one may answer
KINDS: Final = (*OWN_AFFAIRS, "200", "400", "404", "429 for long", "no answer of a service")


def said(kind: str) -> Said:
    match kind:
        case "429":
            return a_reply(429, "", retry_after="2")
        case "429 for long":
            return a_reply(429, "", retry_after="300")
        case "refused":
            return Unreachable("refused")
        case "reset":
            error = Unreachable("reset")
            error.broke_off = True
            return error
        case "no answer of a service":
            return InvalidResponse("html")
        case _:
            return int(kind)


scripts = st.lists(st.lists(st.sampled_from(KINDS), max_size=6), min_size=2, max_size=3)
priorities = st.lists(st.integers(1, 2), min_size=3, max_size=3)
pauses = st.lists(st.floats(0, 90), min_size=1, max_size=4)


def a_house(kinds: list[list[str]], order: list[int], *, most_attempts: int) -> Several:
    names = ("ptu", "payg", "north")[: len(kinds)]
    places = [(name, order[number], 1.0) for number, name in enumerate(names)]
    options = AzureOptions(max_attempts=most_attempts, max_wait_s=MOST_WAIT_S)
    return several({name: [said(kind) for kind in told] for name, told in zip(names, kinds, strict=True)}, *places,
                   options=options)  # fmt: skip


async def outcome_of(house: Several) -> Reply | ConnectorError:
    try:
        return await house.ask(timeout_s=TIMEOUT_S)
    except ConnectorError as error:
        return error


@example(kinds=[["429", "no answer of a service"], []], order=[1, 2, 2], most_attempts=6, pauses_s=[3.0, 3.0])
@given(kinds=scripts, order=priorities, most_attempts=st.integers(1, 7), pauses_s=pauses)
def test_whatever_endpoints_say(
    kinds: list[list[str]], order: list[int], most_attempts: int, pauses_s: list[float]
) -> None:
    """No call is sent too often, is waited for too long, is paid for three times, or leaves a probe behind."""

    async def calls() -> None:
        house = a_house(kinds, order, most_attempts=most_attempts)
        for pause_s in pauses_s:
            begun, waited, at_s = len(house.sent), len(house.waits_s), house.now_s[0]
            await outcome_of(house)
            waits_s = house.waits_s[waited:]

            assert len(house.sent) - begun <= most_attempts
            assert all(wait_s <= MOST_WAIT_S for wait_s in waits_s)
            assert house.now_s[0] - at_s < TIMEOUT_S
            assert {"closed", "open"} >= {one.state for one in house.azure.endpoints()}
            house.now_s[0] += pause_s

    asyncio.run(calls())


@given(first=st.lists(st.sampled_from(OWN_AFFAIRS), min_size=1, max_size=2))
def test_one_that_works_is_found_at_once(first: list[str]) -> None:
    """Whatever the endpoints before it say of themselves, unless two answers were lost on the way."""
    house = a_house([*([kind] for kind in first), []], [1, 1, 1], most_attempts=6)
    house.routes = house.routes._replace(
        routes=tuple(route._replace(priority=number) for number, route in enumerate(house.routes.routes))
    )
    outcome = asyncio.run(outcome_of(house))

    is_found = first.count("reset") < 2
    assert is_found == (isinstance(outcome, Reply) and outcome.status == 200)
    assert [] == house.waits_s


@given(kinds=scripts, order=priorities)
def test_what_may_have_been_billed_is_repeated_once(kinds: list[list[str]], order: list[int]) -> None:
    """Of one call at most two exchanges may have been charged without an answer, wherever they went."""
    house = a_house(kinds, order, most_attempts=9)
    resets = {id(one) for told in house.regions.says.values() for one in told if getattr(one, "broke_off", False)}
    asyncio.run(outcome_of(house))
    left = {id(one) for told in house.regions.says.values() for one in told}

    assert len(resets - left) <= 2
