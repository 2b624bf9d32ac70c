import re
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, SecretStr

from worker.given import Given
from worker.hints import Hint, Pick
from worker.templates.form.fields import entries

_PICK = Pick("pick", "Pick", {"a": "A", "b": "B"})


class _Inner(Given):
    content: str


class _Base(Given):
    inherited: int | None = None


class _Model(_Base):
    plain: str
    open: str | None = None
    long: Annotated[str | None, Hint(long=True, placeholder="a text")] = None
    number: Annotated[int, Field(ge=1)] | None = None
    given_number: float = 0.5
    box: bool = False
    maybe: bool | None = None
    kind: Literal["json_object", "text"] | None = None
    usual: Literal["a", "b"] = "b"
    values: list[str] | None = None
    many: Annotated[list[str], Field(min_length=1)]
    either: str | list[str] | None = None
    size: Annotated[str, Field(pattern=r"^\d+x\d+$")] | None = None
    api_key: SecretStr
    wait: timedelta | None = None
    file: _Inner
    picked: Annotated[str | None, Hint(when=(_PICK, "a"), needed=True)] = None
    fixed: Annotated[str | None, Hint(when=(_PICK, "b"), fixed="f")] = None


SHAPES = {entry.name: entry.shape for entry in entries(_Model, "input")}


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        pytest.param("plain", {"type": "String", "feel": "optional", "constraints": {"notEmpty": True}}, id="required"),
        pytest.param("open", {"type": "String", "constraints": None, "label": "Open"}, id="optional"),
        pytest.param("long", {"type": "Text", "feel": "optional", "placeholder": "a text"}, id="several lines"),
        pytest.param("number", {"type": "Number", "feel": "optional", "value": None}, id="number"),
        pytest.param("givenNumber", {"type": "Number", "value": 0.5, "label": "Given number"}, id="its default"),
        pytest.param("box", {"type": "Boolean", "feel": "optional", "value": False}, id="a box to tick"),
        pytest.param("usual", {"type": "Dropdown", "value": "b"}, id="a choice with a default"),
        pytest.param("values", {"type": "Text", "feel": "required", "constraints": None}, id="a list is FEEL"),
        pytest.param("many", {"type": "Text", "feel": "required", "constraints": {"notEmpty": True}}, id="needed list"),
        pytest.param("either", {"type": "String", "feel": "optional"}, id="a text may be a list with FEEL"),
        pytest.param("apiKey", {"value": "{{secrets.AZURE_OPENAI_API_KEY}}", "label": "API key"}, id="a secret"),
        pytest.param("file.content", {"type": "String", "binding": "file.content"}, id="a model is opened up"),
        pytest.param("picked", {"constraints": {"notEmpty": True}}, id="needed once it is shown"),
        pytest.param("fixed", {"type": "Hidden", "value": "f"}, id="a fixed value"),
    ],
)
def test_a_field_has_the_form_of_its_type(name: str, shape: dict[str, Any]) -> None:
    """What the model takes decides what a modeler sees."""
    wanted = dict(shape)
    if "binding" in wanted:
        wanted["binding"] = {"type": "zeebe:input", "name": f"azureOpenAI.input.{wanted['binding']}"}

    assert wanted == {key: SHAPES[name].get(key) for key in wanted}


@pytest.mark.parametrize(
    ("name", "values"),
    [pytest.param("maybe", ["", "true", "false"], id="yes or no"),
     pytest.param("kind", ["", "json_object", "text"], id="texts")],
)  # fmt: skip
def test_a_choice_can_be_left_to_the_service(name: str, values: list[str]) -> None:
    """Where saying nothing differs from every choice, the list begins with it."""
    assert values == [choice["value"] for choice in SHAPES[name]["choices"]]


def test_own_fields_come_first() -> None:
    """A modeler reads an operation's own fields before those that many operations have."""
    assert next(iter(SHAPES)) == "plain"
    assert list(SHAPES)[-1] == "inherited"


@pytest.mark.parametrize(
    ("name", "text", "fits"),
    [
        ("size", "10x10", True), ("size", "=size", True), ("size", "", True), ("size", "undefined", True),
        ("size", "large", False),
        ("wait", "PT30S", True), ("wait", "P1DT2H", True), ("wait", "PT1.5S", True), ("wait", "30", False),
        ("wait", "P", False),
        ("apiKey", "{{secrets.KEY}}", True), ("apiKey", "=key", True), ("apiKey", "<<secrets.KEY>>", True),
        ("apiKey", "0a1b", False),
    ],
)  # fmt: skip
def test_wrong_texts_are_flagged_and_expressions_are_not(name: str, text: str, *, fits: bool) -> None:
    """A pattern lets expressions and empty fields pass; a bare key is no value for a secret."""
    pattern = SHAPES[name]["constraints"]["pattern"]["value"]

    assert fits is (re.search(pattern, text) is not None)
