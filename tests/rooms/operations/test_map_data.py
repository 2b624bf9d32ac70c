import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import CHAT_REPLY, a_reply
from tests.rooms.operations.conversing import conversation, result
from tests.rooms.operations.mapping.test_proposal import one
from worker.errors import InvalidResponse, TimedOut
from worker.operations.map_data import MappingInput
from worker.wire import Reply

GIVEN = {"records": [{"e-mail": "ann@example.org"}], "targetFields": [{"name": "mail", "required": True}]}
GOOD = {"mappings": [one("mail", "e-mail")]}


def says(value: Any, *, reason: str = "stop") -> Reply:
    text = value if isinstance(value, str | None) else json.dumps(value)
    choices = [{"finish_reason": reason, "message": {"role": "assistant", "content": text}}]
    return a_reply(body={**CHAT_REPLY, "choices": choices})


def test_what_is_asked() -> None:
    """The fields of both sides with samples, the author's instructions, and JSON of a schema."""
    [call] = next(conversation("mapData", {**GIVEN, "instructions": "Prefer verified addresses."})).calls
    body = json.loads(call.body)

    question = body["messages"][1]["content"]
    assert '"samples":["ann@example.org"]' in question
    assert '"name":"mail"' in question
    assert "Prefer verified addresses." in question
    assert body["response_format"]["json_schema"]["strict"] is True


def test_fields_by_their_names_alone() -> None:
    """A target's field may be just its name."""
    [call] = next(conversation("mapData", {**GIVEN, "targetFields": ["mail", {"name": "city"}]})).calls

    question = json.loads(json.loads(call.body)["messages"][1]["content"])
    assert [field["name"] for field in question["targetFields"]] == ["mail", "city"]


def test_a_model_without_schemas() -> None:
    """Plain JSON is asked for, and checked all the same."""
    [call] = next(conversation("mapData", {**GIVEN, "answerFormat": "jsonObject"})).calls

    assert json.loads(call.body)["response_format"] == {"type": "json_object"}


def test_a_good_proposal() -> None:
    """It is the result's JSON and body."""
    got = result("mapData", GIVEN, says(GOOD))

    assert json.loads(bytes(got.answer.json)) == GOOD
    assert json.loads(got.reply.body) == {**GOOD, "rounds": 1}


def test_a_bad_proposal_is_repaired_once() -> None:
    """The model hears what was wrong; both rounds are counted."""
    talk = conversation("mapData", GIVEN)
    next(talk)
    [call] = talk.send([says({"mappings": [one("mail", "email")]})]).calls
    said = json.loads(call.body)["messages"]

    assert [message["role"] for message in said] == ["system", "user", "assistant", "user"]
    assert "these source fields do not exist: email" in said[-1]["content"]

    got = result("mapData", GIVEN, says("Sure! Here it is"), says(GOOD))
    assert json.loads(got.reply.body)["rounds"] == 2
    assert got.answer.usage is not None
    assert got.answer.usage.total_tokens == 22


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        pytest.param([says("no"), says("again no")], "after 2 rounds: the answer is no JSON", id="not repaired"),
        pytest.param(
            [says('{"mapp', reason="length")], "was cut .finish reason length", id="cut: no use in asking again"
        ),
        pytest.param([says(None, reason="content_filter")], "was cut .finish reason content_filter", id="filtered"),
    ],
)
def test_no_usable_proposal(replies: list[Reply], message: str) -> None:
    """What does not fit is never given out as a result."""
    with pytest.raises(InvalidResponse, match=message):
        result("mapData", GIVEN, *replies)


def test_a_failure_is_the_tasks() -> None:
    """Nothing is asked after it."""
    with pytest.raises(TimedOut):
        result("mapData", GIVEN, TimedOut("too late"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"targetFields": [{"name": "a"}]}, "records or sourceFields", id="no source"),
        pytest.param({"records": [{"a": 1}]}, "either targetSchema or targetFields", id="no target"),
        pytest.param({**GIVEN, "targetSchema": {}}, "either targetSchema or targetFields", id="two targets"),
        pytest.param(
            {"sourceFields": ["a"], "targetSchema": {"type": "object"}}, "with properties", id="an empty target"
        ),
        pytest.param(
            {"sourceFields": ["a"], "targetFields": [{"name": "b"}] * 2}, "different names", id="a field twice"
        ),
        pytest.param({"records": [{}], "targetFields": [{"name": "b"}]}, "at least 1 item", id="an empty record"),
    ],
)
def test_what_is_refused_before_it_costs(given: dict[str, Any], message: str) -> None:
    """Both sides are needed."""
    with pytest.raises(ValidationError, match=message):
        MappingInput.model_validate(given)
