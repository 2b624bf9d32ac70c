import pytest

from worker.feel import FeelSyntaxError, parse


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("1 +", "line 1, column 4: expected a value, found the end of the expression", id="operand"),
        pytest.param("(1", "line 1, column 3: expected ')', found the end of the expression", id="bracket"),
        pytest.param("if a then b", "line 1, column 12: expected 'else', found the end of the expression", id="word"),
        pytest.param("a.5", "line 1, column 2: expected an operator or the end of the expression", id="name"),
        pytest.param("a b", "line 1, column 3: expected an operator or the end of the expression, found 'b'", id="end"),
        pytest.param("a.in", "line 1, column 3: expected a name, found 'in'", id="reserved word"),
        pytest.param("1\n+ ]", "line 2, column 3: expected a value, found ']'", id="second line"),
        pytest.param("{a: 1,}", "line 1, column 7: expected a key, found '}'", id="key"),
        pytest.param(
            "[1..2] + 1", "a range stands behind 'in', in a list or as an argument, found '+'", id="range as a value"
        ),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, message: str) -> None:
    """Line, column, what should be there, and what is."""
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)

    assert message in str(caught.value)
