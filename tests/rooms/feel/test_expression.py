import pytest

from tests.rooms.feel.asked import result_of, value_of
from worker import feel
from worker.feel import FeelBudgetExceeded, FeelFunction

ANSWER = {"response": {"body": {"choices": [{"message": {"content": "hi"}}], "usage": {"total_tokens": 74}}}}


def test_the_usual_result_expression() -> None:
    """Text and tokens of a chat reply."""
    expression = "{answer: response.body.choices[1].message.content, tokens: response.body.usage.total_tokens}"

    assert {"answer": "hi", "tokens": 74} == value_of(expression, ANSWER)


def test_an_expression_is_compiled_once() -> None:
    """The same text gives the same object."""
    assert feel.compile("1 + 1") is feel.compile("1 + 1")


def test_a_result_knows_its_type() -> None:
    """The type is the one before it became JSON."""
    assert ("PT24H", "days and time duration") == (result_of('@"P1D"').value, result_of('@"P1D"').kind)


@pytest.mark.parametrize(
    ("expression", "warning"),
    [
        pytest.param("nope", "no variable 'nope'", id="variable"),
        pytest.param("response.nope", "no entry 'nope' in the context", id="entry"),
        pytest.param("nope(1)", "no function 'nope'", id="function"),
        pytest.param("count()", "function 'count' takes other arguments", id="arguments"),
        pytest.param('count("a")', "count: list must be list, not string", id="argument type"),
        pytest.param('"n: " + 5', "string + number has no value", id="operator"),
        pytest.param('"200" = 200', "string = number has no value", id="comparison"),
        pytest.param("[1][7]", "no item 7 in a list of 1", id="position"),
        pytest.param("5[1]", "a filter needs a list, not number", id="filter"),
        pytest.param('@"2024-02-30"', '@"2024-02-30" is no date, time or duration', id="literal"),
        pytest.param('number("x")', "number: the text is no number", id="conversion"),
    ],
)
def test_null_is_explained(expression: str, warning: str) -> None:
    """Where the language says null, a warning says why."""
    result = result_of(expression, ANSWER)

    assert result.value is None
    assert warning in result.warnings


def test_functions_can_be_given() -> None:
    """They are called by position or by name, and hide built-in ones."""
    functions = {"twice": FeelFunction(("x",), lambda x: [x, x]), "count": FeelFunction(("x",), lambda _: "mine")}

    assert [[1, 1], [2, 2], "mine"] == (
        feel.compile("[twice(1), twice(x: 2), count(3)]").evaluate({}, functions=functions).value
    )


def test_the_clock_is_given() -> None:
    """now() and today() read nothing by themselves."""
    assert ["2024-05-17T12:30:15Z", "2024-05-17"] == value_of("[now(), today()]")
    assert feel.compile("now()").evaluate({}).value is None


def test_the_budget_is_given() -> None:
    """A caller may allow less, or more."""
    with pytest.raises(FeelBudgetExceeded, match="more than 50 steps"):
        feel.compile("for i in 1..100 return i").evaluate({}, budget_steps=50)


def test_the_context_is_left_alone() -> None:
    """Nothing an expression does changes what it was given."""
    context = {"a": {"b": [3, 1, 2]}}
    value_of('[context put(a, "c", 1), append(a.b, 4), sort(a.b, function(x, y) x < y), {a: 5}]', context)

    assert {"a": {"b": [3, 1, 2]}} == context
