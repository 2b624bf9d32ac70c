import json
from typing import Any

import msgspec
import pytest

from worker.operations.json_check import flaw_of_schema, misfit, parsed

SCHEMA = {
    "type": "object",
    "required": ["lines"],
    "properties": {"lines": {"type": "array", "items": {"type": "object", "properties": {"net": {"maximum": 1}}}}},
}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param({"lines": [{"net": 1}]}, None, id="it fits"),
        pytest.param({}, "'lines' is a required property", id="something is missing"),
        pytest.param({"lines": [{}, {"net": 2}]}, "lines[1].net: 2 is greater than", id="the place is named"),
        pytest.param(["x" * 10_000], "…", id="a long value is cut"),
    ],
)
def test_misfit(value: Any, says: str | None) -> None:
    """Where and how a value does not fit."""
    problem = misfit(value, SCHEMA)

    assert (problem is None) if says is None else (problem is not None and says in problem and len(problem) < 400)


def test_a_schema_elsewhere_is_not_fetched() -> None:
    """A reference to another document is an error that names it, not a request."""
    problem = misfit({}, {"$ref": "https://example.org/schema.json"})

    assert problem == "the schema refers to 'https://example.org/schema.json', which it does not contain"


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        pytest.param(SCHEMA, None, id="a schema"),
        pytest.param({}, None, id="the schema of anything"),
        pytest.param({"properties": {"a": {"type": "text"}}}, "properties.a.type: 'text'", id="an unknown type"),
        pytest.param({"required": "a"}, "required: 'a'", id="no list"),
    ],
)
def test_flaws(schema: Any, says: str | None) -> None:
    """A schema that is none is known before anything is asked."""
    flaw = flaw_of_schema(schema)

    assert (flaw is None) if says is None else (flaw is not None and says in flaw)


@pytest.mark.parametrize(
    ("text", "value", "says"),
    [
        pytest.param(json.dumps('{"lines": []}'), {"lines": []}, None, id="it fits"),
        pytest.param(
            json.dumps('{"lines": 1}'), None, "does not fit the schema: lines: 1 is not", id="it does not fit"
        ),
        pytest.param(json.dumps('{"lines": ['), None, "no JSON", id="cut off"),
        pytest.param("null", None, "there is no answer", id="no answer"),
        pytest.param("[]", None, "no text", id="content parts"),
        pytest.param(json.dumps("[" * 100_000), None, "no JSON", id="very deep"),
    ],
)
def test_json_in_a_text(text: str, value: Any, says: str | None) -> None:
    """The value, or null and why."""
    got, problem = parsed(msgspec.Raw(text.encode()), SCHEMA)

    assert json.loads(bytes(got)) == value
    assert (problem is None) if says is None else (problem is not None and says in problem)
