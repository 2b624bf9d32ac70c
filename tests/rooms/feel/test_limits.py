import pytest

from tests.rooms.feel.asked import value_of
from worker import feel
from worker.feel import FeelBudgetExceeded, FeelError, FeelSyntaxError

BOMBS = {
    "a long loop": "for i in 1..10**9 return i",
    "loops in loops": "for a in 1..300, b in 1..300, c in 1..300 return 1",
    "a search without end": "some i in 1..99999999 satisfies false",
    "a text that doubles": 'for i in 1..60 return if i = 1 then "xx" else partial[-1] + partial[-1]',
    "a list that doubles": 'for i in 1..60 return if i = 1 then ["x"] else [partial[-1], partial[-1]]',
    "a list that holds its past": "for i in 1..5000 return partial",
    "a list that grows deep": "for i in 1..400 return if i = 1 then [1] else [partial[-1]]",
    "a function that calls itself": "{f: function(g) g(g), r: f(f)}.r",
    "a pattern that backtracks": f'matches("{"a" * 40}!", "(a|a)*$")',
    "a pattern that is huge": 'matches("a", "((a{1000}){1000}){1000}")',
    "a text made of a pattern": f'replace("{"a" * 9_000}", "", "{"b" * 9_000}")',
}


@pytest.mark.parametrize("bomb", [pytest.param(text, id=name) for name, text in BOMBS.items()])
def test_no_expression_takes_what_it_wants(bomb: str) -> None:
    """Time and space are bounded, and the error says by what."""
    with pytest.raises(FeelBudgetExceeded):
        value_of(bomb)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 1_000 + "1" + ")" * 1_000, id="parentheses"),
        pytest.param("[" * 1_000, id="lists"),
        pytest.param("-" * 5_000 + "1", id="signs"),
        pytest.param("x" + ".a" * 5_000, id="paths"),
        pytest.param("x" + "[1]" * 5_000, id="filters"),
        pytest.param("if true then 1 else " * 500 + "2", id="ifs"),
        pytest.param("1 in (" * 500 + "1" + ")" * 500, id="tests"),
        pytest.param("function() " * 500 + "1", id="functions"),
    ],
)
def test_depth_is_a_syntax_error(text: str) -> None:
    """What is nested too deeply is refused before anything runs."""
    with pytest.raises(FeelSyntaxError, match="no more than"):
        feel.compile(text)


def test_width_is_not_depth() -> None:
    """A sum of ten thousand numbers is one flat thing."""
    assert 10_001 == value_of("1" + "+1" * 10_000)


@pytest.mark.parametrize("expression", ["x + 1", "string(x)", "floor(x, -2)", "x * 1.5", "x / 3", "sqrt(x)", "exp(x)"])
def test_numbers_of_the_input_may_have_any_size(expression: str) -> None:
    """They are handed on as they are; what cannot be computed with them is an error."""
    with pytest.raises(FeelError):
        value_of(expression, {"x": 10**7_500})

    assert 10**7_500 == value_of("x", {"x": 10**7_500})


@pytest.mark.parametrize("number", ["9**999999", "10**6145", "0**-1", "10**400", "1" * 5_000])
def test_numbers_are_bounded(number: str) -> None:
    """A number that JSON cannot hold is an error, never an endless computation."""
    with pytest.raises(FeelError):
        value_of(number)
