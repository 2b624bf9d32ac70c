import json
from typing import Any

import pytest

from tests.made import a_reply, a_target
from worker.events import Consumed
from worker.operations.model import Answer, Result, Usage
from worker.operations.output import assembled, consumed_by, cost_of, output_of, priced, total_cost, total_usage


class Longer(Answer, frozen=True, rename="camel", kw_only=True):
    """An answer of an operation that has more to say."""

    more_to_say: int = 0


def shown(answer: Answer, **headers: Any) -> Any:
    come_to = priced(Result(answer, a_reply(**headers)))
    return json.loads(bytes(output_of(come_to.answer, come_to.reply, a_target())))


def test_an_operations_own_fields_are_shown() -> None:
    """`output` holds all of an answer, and how it came about."""
    output = shown(Longer(more_to_say=3), x_request_id="r")

    assert (output["moreToSay"], output["requestId"], output["attempts"], output["duration"]) == (3, "r", 1, 0.25)


@pytest.mark.parametrize(
    ("answer", "usd"),
    [
        pytest.param(Answer(model="gpt-4.1-mini", usage=Usage(input_tokens=1_000_000)), 0.4, id="priced"),
        pytest.param(Answer(model="gpt-4.1-mini"), None, id="nothing counted"),
        pytest.param(Answer(model="x", usage=Usage(input_tokens=1)), None, id="no price known"),
        pytest.param(Answer(model="x", cost=2.0), 2.0, id="known already"),
    ],
)
def test_cost(answer: Answer, usd: float | None) -> None:
    """In US dollars; null where it is not known."""
    assert usd == cost_of(answer) == shown(answer)["cost"]


def test_what_several_calls_used_is_added_up() -> None:
    """Tokens and cost are those of all calls; one unknown price makes the sum unknown."""
    known = Answer(model="gpt-4.1-mini", usage=Usage(input_tokens=1_000_000, total_tokens=1_000_000))
    unknown = Answer(model="x", usage=Usage(input_tokens=1))

    assert (total_cost([known, known]), total_cost([known, unknown]), total_cost([])) == (0.8, None, None)
    assert total_usage([known, unknown, Answer()]) == Usage(input_tokens=1_000_001, total_tokens=1_000_000)
    assert total_usage([Answer()]) is None


def test_several_replies_become_one() -> None:
    """Its headers are the last one's; attempts and seconds are added up."""
    one = assembled([a_reply(body="1", x="1"), a_reply(body="2", x="2")], {"all": [1, 2]})

    assert (one.status, one.headers, one.attempts, one.duration_s) == (200, (("x", "2"),), 2, 0.5)
    assert json.loads(one.body) == {"all": [1, 2]}


def test_what_is_reported_as_consumed() -> None:
    """Telemetry hears of the tokens and their price, and of nothing where none were counted."""
    usage = Usage(input_tokens=9, output_tokens=2, cached_tokens=1, reasoning_tokens=1)
    told = consumed_by(Answer(model="m", usage=usage, cost=0.5))

    assert (
        Consumed(model="m", input_tokens=9, output_tokens=2, cached_tokens=1, reasoning_tokens=1, cost_usd=0.5) == told
    )
    assert consumed_by(Answer()) is None
