from collections.abc import Callable
from typing import Annotated, Any

from worker.hints import Hint, Pick
from worker.operations import Answer, InputModel, Operation
from worker.operations.model import once, post
from worker.templates.form.operations import asks_a_deployment, inputs
from worker.wire import Scope

_PICK = Pick("way", "Way", {"first": "First", "second": "Second"})


class _One(InputModel):
    shared: str | None = None
    own: int | None = None
    first: Annotated[str | None, Hint(when=(_PICK, "first"))] = None


class _Two(InputModel):
    shared: str | None = None
    own: str | None = None
    second: Annotated[str | None, Hint(when=(_PICK, "second"))] = None


def operation(name: str, model: type[InputModel], scope: Scope = Scope.DEPLOYMENT) -> Operation[Any]:
    converse: Callable[..., Any] = once(
        lambda given, asking: post("", given.api_parameters(), asking), lambda *_: Answer()
    )
    return Operation(name=name, summary=name, input=model, converse=converse, scope=scope)


ONE, TWO = operation("one", _One), operation("two", _Two, Scope.RESOURCE)


def test_what_operations_share_appears_once() -> None:
    """A field of both is shown for both; one of the same name that looks different is a property of its own."""
    shapes = {shape["id"]: shape for shape in inputs([ONE, TWO])}

    assert list(shapes) == [
        "input_shared", "input_own", "way", "input_first", "two_input_own", "input_second",
    ]  # fmt: skip
    assert "condition" not in shapes["input_shared"]
    assert shapes["input_own"]["condition"] == {"property": "operation", "equals": "one"}
    assert shapes["input_own"]["type"] == "Number"
    assert shapes["two_input_own"]["type"] == "String"


def test_a_pick_stands_before_its_fields() -> None:
    """It is offered to all operations with a field that hangs on it."""
    shapes = {shape["id"]: shape for shape in inputs([ONE, TWO])}
    parts = shapes["input_first"]["condition"]["allMatch"]

    assert "condition" not in shapes["way"]
    assert parts == [{"property": "operation", "equals": "one"}, {"property": "way", "equals": "first"}]


def test_one_operation_needs_no_condition() -> None:
    """In a template of a single purpose nothing depends on the operation."""
    conditions = [shape.get("condition") for shape in inputs([ONE])]

    assert conditions == [None, None, None, {"property": "way", "equals": "first"}]


def test_a_deployment_is_asked_for_where_there_is_one() -> None:
    """An operation on the resource itself has none."""
    assert asks_a_deployment([ONE, TWO]).json() == {"property": "operation", "equals": "one"}
    assert asks_a_deployment([ONE]).parts == ()
