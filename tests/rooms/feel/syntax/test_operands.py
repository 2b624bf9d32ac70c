import pytest

from worker.feel import FeelSyntaxError, parse, to_text
from worker.feel.syntax.tree import Filter, Invocation, NumberLiteral, Path, RangeLiteral, Variable

ONE, TWO = NumberLiteral("1"), NumberLiteral("2")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("a.b[1].c", Path(Filter(Path(Variable("a"), "b"), ONE), "c"), id="path and filter"),
        pytest.param("a.`b-c`", Path(Variable("a"), "b-c"), id="name in back-ticks"),
        pytest.param("a.time offset", Path(Variable("a"), "time offset"), id="property of two words"),
        pytest.param("f()", Invocation("f"), id="call"),
        pytest.param("get or else(1, 2)", Invocation("get or else", (ONE, TWO)), id="name with reserved words"),
        pytest.param("my own f (1)", Invocation("my own f", (ONE,)), id="name of several words"),
        pytest.param("f(a b: 1, c: 2)", Invocation("f", (), (("a b", ONE), ("c", TWO))), id="named arguments"),
        pytest.param("a.f(1)", Invocation("f", (ONE,), (), Variable("a")), id="call on a context"),
        pytest.param(
            "f([1..2))",
            Invocation("f", (RangeLiteral(ONE, TWO, start_closed=True, end_closed=False),)),
            id="range as argument",
        ),
        pytest.param("if", Variable("if"), id="a keyword alone is a name"),
    ],
)
def test_operands(text: str, tree: object) -> None:
    """What stands between operators."""
    assert tree == parse(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{a: 1}", "a"),
        ('{"a b": 1}', "a b"),
        ("{a b: 1}", "a b"),
        ("{a+b-c: 1}", "a+b-c"),
        ("{`a`: 1}", "a"),
        ("{🐎: 1}", "🐎"),
        ('{"": 1}', ""),
    ],
)
def test_keys_are_taken_as_they_are(text: str, key: str) -> None:
    """A key needs no quotes unless it holds brackets, quotes, commas or a colon."""
    assert parse('{"' + key + '": 1}') == parse(text)


@pytest.mark.parametrize(
    "text", ["{a,b: 1}", "{a}", "{1}", "[1,]", "f(1,)", "f(a: 1, 2)", "f(1, a: 2)", '"abs"(1)', "'a'"]
)
def test_what_is_no_operand(text: str) -> None:
    """Errors, not guesses."""
    with pytest.raises(FeelSyntaxError):
        parse(text)


@pytest.mark.parametrize("word", ["function", "in", "return", "then", "else", "satisfies", "and", "or"])
def test_reserved_words_need_back_ticks(word: str) -> None:
    """As names and behind a dot; in back-ticks they are names like any other."""
    for text in (word, f"a.{word}"):
        with pytest.raises(FeelSyntaxError):
            parse(text)

    assert f"a.`{word}`" == to_text(parse(f"a.`{word}`"))
