import pytest

from worker.feel import parse, to_text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("null", "null"),
        ("true", "true"),
        ("02.50", "02.50"),
        (r'"a\"b\\c\n"', r'"a\"b\\c\n"'),
        ('@ "P1D"', '@"P1D"'),
        ("`a b`.`c-d`", "`a b`.`c-d`"),
        ("[ ]", "[]"),
        ("{a:1,b:[1,{}]}", '{"a": 1, "b": [1, {}]}'),
        ("(function(a,b) a+b)(1)", None),
        ("(if a then b else c)[1]", "(if a then b else c)[1]"),
        ("(a+b).c", "(a + b).c"),
        ("`and`(1)", "`and`(1)"),
        ("x[`or`()]", "x[`or`()]"),
        ("(< 10)", "(< 10)"),
        ("x instance of date and time", "x instance of date and time"),
        ("x instance of function", "x instance of function"),
        ("every x in a, y in 1..2 satisfies x=y", "every x in a, y in 1..2 satisfies x = y"),
        ("f(start position : 1)", "f(`start position`: 1)"),
        ("a.f(1).b", "a.f(1).b"),
    ],
)
def test_printed_and_read_again(text: str, printed: str | None) -> None:
    """The tree that is printed comes back when the text is parsed; a value cannot be called."""
    if printed is None:
        text = text.removesuffix("(1)")
        printed = "function(a, b) a + b"
    tree = parse(text)

    assert printed == to_text(tree)
    assert tree == parse(printed)
