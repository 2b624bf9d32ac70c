import pytest

from worker.feel import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.signatures import call_one, define
from worker.feel.values import Value

PAIR = define("pair(first: string, second: number|null)", lambda _run, first, second: [first, second])
MANY = define("many(list: list...)", lambda _run, items: items)


def test_a_declaration_is_read() -> None:
    """Names may have several words, types may be several."""
    signature = define("f(start position: number, x: any)", lambda *_: None)

    assert ("start position", "x") == signature.parameters
    assert (frozenset({"number"}), None) == signature.kinds


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["a", 1], None, id="right"),
        pytest.param(["a", None], None, id="null where it may be"),
        pytest.param([1, 1], "pair: first must be string, not number", id="wrong"),
        pytest.param([None, 1], "pair: first must be string, not null", id="null where it may not be"),
    ],
)
def test_types_are_checked(arguments: list[Value], complaint: str | None) -> None:
    """A complaint names function, parameter, what it takes and what it got."""
    assert complaint == PAIR.complaint(arguments)


@pytest.mark.parametrize(
    ("arguments", "arranged"),
    [
        pytest.param([[1, 2]], [[1, 2]], id="one list"),
        pytest.param([1, 2], [[1, 2]], id="items"),
        pytest.param([None], [[None]], id="one null"),
    ],
)
def test_a_list_may_be_given_item_by_item(arguments: list[Value], arranged: list[Value]) -> None:
    """A variadic function sees one list either way."""
    assert arranged == MANY.arranged(arguments)


def test_a_wrong_type_is_null_with_a_warning() -> None:
    """That is the rule of the language."""
    run = Run(10)

    assert call_one([PAIR], run, lambda _: [1, 1]) is None
    assert ["pair: first must be string, not number"] == run.warnings


def test_a_strict_function_fails_instead() -> None:
    """That is the rule of the connectors' functions."""
    strict = define("f(x: string)", lambda *_: None, strict=True)

    with pytest.raises(FeelEvaluationError, match="x must be string, not number"):
        call_one([strict], Run(10), lambda _: [1])
