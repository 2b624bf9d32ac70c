import pytest

from worker.feel import FeelSyntaxError, parse, to_text


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c and d", "(a and b) or (c and d)"),
        ("a = b and c < d", "(a = b) and (c < d)"),
        ("1 + 2 * 3 ** 4", "1 + (2 * (3 ** 4))"),
        ("1 * 2 + 3 - 4 / 5", "(1 * 2) + 3 - (4 / 5)"),
        ("2 * -3", "2 * (-3)"),
        ("-2 ** 2", "(-2) ** 2"),
        ("10--5", "10 - (-5)"),
        ("-a.b[1]", "-a.b[1]"),
        ("1 + 2 between 3 - 1 and 4 * 2", "(1 + 2) between (3 - 1) and (4 * 2)"),
        ("a between 1 and 2 and c", "(a between 1 and 2) and c"),
        ("2 * 3 in > 3", "(2 * 3) in ((> 3))"),
        ("2 * 3 instance of number", "(2 * 3) instance of number"),
        ("if a then b else if c then d else e", "if a then b else if c then d else e"),
        ("for i in 1..n + 1 return i", "for i in 1..(n + 1) return i"),
        ("some x in xs satisfies x > 1 or y", "some x in xs satisfies (x > 1) or y"),
        ("not(a) and b", "not(a) and b"),
        ("x is defined(y)", "x is defined(y)"),
    ],
)
def test_precedence(text: str, grouped: str) -> None:
    """What binds tighter is printed in parentheses."""
    assert grouped == to_text(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "a = b = c",
        "a < b instance of number",
        "a between 1 and 2 instance of number",
        "a = if b then c else d",
        "1 + if b then c else d",
        "a and some x in xs satisfies x",
        "for i in for j in xs return j return i",
        "for i in [1..3] return i",
        "[1..3] = [1..3]",
        "10 in = 10",
        "10 in (!= 10)",
        "x instance of list<Any>",
        "x instance of function<>->Any",
        "not true",
        "1e3",
        "",
        "   ",
        "a;b",
    ],
)
def test_what_is_no_expression(text: str) -> None:
    """Comparisons do not chain, and keyword forms are no operands without parentheses."""
    with pytest.raises(FeelSyntaxError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["1 in [2..3)", "1 in ]2..3[", "1 in (2..3]", "1 in (1, < 2, [3..4])", "1 in (1)", "x in (? > 2)", "a in b"],
)
def test_tests_behind_in(text: str) -> None:
    """Ranges of every form, comparisons, values, and several of them."""
    assert parse(to_text(parse(text))) == parse(text)


def test_parameters_may_have_types() -> None:
    """They are there for the reader and are not checked."""
    assert parse("function(a, b) a") == parse("function(a: number, b: date and time) a")
