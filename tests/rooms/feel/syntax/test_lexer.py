import pytest

from worker.feel import FeelSyntaxError
from worker.feel.syntax.lexer import Kind, place_of, tokens_of, unescaped


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("a1 _b Ünï 🐎", ["a1", "_b", "Ünï", "🐎"], id="names"),
        pytest.param("1 02.50 .5 1..3", ["1", "02.50", ".5", "1", "..", "3"], id="numbers"),
        pytest.param("a**b<=c!=d", ["a", "**", "b", "<=", "c", "!=", "d"], id="symbols"),
        pytest.param("`a b-c`", ["a b-c"], id="name in back-ticks"),
        pytest.param('@"P1D" @ "PT1S"', ["P1D", "PT1S"], id="temporal"),
        pytest.param("a // to the end\n/* and\n* on */ b", ["a", "b"], id="comments"),
        pytest.param("a # b", ["a", "#", "b"], id="an unknown character"),
    ],
)
def test_text_falls_into_tokens(text: str, tokens: list[str]) -> None:
    """White space and comments separate, nothing else is lost."""
    assert [*tokens, ""] == [token.text for token in tokens_of(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(r"a\nb\tc\rd", "a\nb\tc\rd", id="control characters"),
        pytest.param(r"\"\'\\", "\"'\\", id="quotes and the backslash"),
        pytest.param(r"\d\.\u0041", r"\d\.\u0041", id="anything else stays, patterns above all"),
    ],
)
def test_escapes(text: str, value: str) -> None:
    """Few escapes mean something, so that patterns can be written as they are."""
    assert value == unescaped(text)


@pytest.mark.parametrize("text", ['"abc', "/* abc", "`abc"])
def test_what_is_opened_must_be_closed(text: str) -> None:
    """The error stands at the opening."""
    with pytest.raises(FeelSyntaxError, match="line 2, column 3"):
        tokens_of("1\n  " + text)


def test_the_last_token_is_the_end() -> None:
    """So there always is a next one."""
    assert Kind.END is tokens_of("")[-1].kind


def test_places_count_from_one() -> None:
    """Lines and columns are those of an editor."""
    assert [(1, 1), (1, 3), (2, 1)] == [place_of("ab\ncd", offset) for offset in (0, 2, 3)]
