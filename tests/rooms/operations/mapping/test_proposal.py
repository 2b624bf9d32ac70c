import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from worker.operations.mapping import TargetField, proposal_schema, proposed

TARGETS = [TargetField(name="mail"), TargetField(name="name")]
SOURCES = ["e-mail", "first", "last"]


def one(target: str, *sources: str, **changed: Any) -> dict[str, Any]:
    return {
        "targetField": target,
        "sourceFields": list(sources),
        "transformation": None,
        "confidence": 0.9,
        "reason": "They are called alike.",
        **changed,
    }


GOOD = [one("name", "first", "last", transformation="first + ' ' + last"), one("mail", "e-mail")]


def judged(mappings: Any) -> tuple[Any, str | None]:
    text = json.dumps(json.dumps({"mappings": mappings})).encode()
    value, problem = proposed(msgspec.Raw(text), TARGETS, SOURCES)
    return (json.loads(bytes(value)) if value is not None else None), problem


def test_a_good_one() -> None:
    """It comes back in the order of the target's fields."""
    assert judged(GOOD) == ({"mappings": [GOOD[1], GOOD[0]]}, None)


@pytest.mark.parametrize(
    ("mappings", "says"),
    [
        pytest.param(GOOD[:1], "missing: mail", id="one is missing"),
        pytest.param([*GOOD, one("phone")], "do not exist: phone", id="one too many"),
        pytest.param([*GOOD, GOOD[0]], "more than once: name", id="one twice"),
        pytest.param([GOOD[0], one("mail", "email")], "source fields do not exist: email", id="an invented source"),
        pytest.param([GOOD[0], one("mail", confidence=90)], "between 0 and 1: mail", id="percent"),
        pytest.param([GOOD[0], {"targetField": "mail"}], "does not fit the schema", id="incomplete"),
        pytest.param({}, "does not fit the schema", id="no list"),
        pytest.param([one(f"x{n}") for n in range(9)], "missing: mail, name", id="all wrong"),
    ],
)
def test_what_is_wrong_is_said(mappings: Any, says: str) -> None:
    """In words that the model is given to mend it."""
    value, problem = judged(mappings)

    assert value is None
    assert problem is not None
    assert says in problem


def test_the_schema_is_one_that_strict_mode_takes() -> None:
    """Every property is required, no other allowed, and no keyword is used that the service does not know."""
    schema: Any = proposal_schema()
    Draft202012Validator.check_schema(schema)
    objects = [schema, schema["properties"]["mappings"]["items"]]

    assert all(part["required"] == list(part["properties"]) for part in objects)
    assert all(part["additionalProperties"] is False for part in objects)
    assert not {"minimum", "maximum", "pattern", "minItems", "default"} & set(json.dumps(schema).split('"'))
