import pytest

from worker.feel import FeelBudgetExceeded
from worker.feel.patterns import compiled


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param("[a-c[x-z]]+", "ay", True, id="union of classes"),
        pytest.param("^[a-z&&[^b]]$", "b", False, id="intersection of classes"),
        pytest.param("[A-Z-[OI]]", "I", True, id="a hyphen before a class is a hyphen"),
        pytest.param(r"\Qa.b\E", "axb", False, id="quoted"),
        pytest.param(r"\Qa.b\Ec", "a.bc", True, id="quoted and on"),
        pytest.param(r"(a)\1", "aa", True, id="reference"),
        pytest.param(r"(a)\2", "aa", False, id="reference to no group never matches"),
        pytest.param(r"(a)\10", "aa0", True, id="reference with a digit behind it"),
        pytest.param(r"(?<x>a)\k<x>", "aa", True, id="reference by name"),
        pytest.param(r"\x{1F600}", "😀", True, id="code point"),
        pytest.param(r"\x41\0101", "AA", True, id="hexadecimal and octal"),
        pytest.param(r"^\p{Alpha}+$", "aZ", True, id="class of characters"),
        pytest.param(r"\P{Alpha}", "aZ", False, id="and its negation"),
        pytest.param(r"^\p{L}+$", "äß", True, id="category"),
        pytest.param(r"[\p{Digit}x]+", "1x", True, id="in a class"),
        pytest.param(r"a\z", "a\n", False, id="very end"),
        pytest.param(r"a\Z", "a\n", True, id="end before a line break"),
        pytest.param(r"\h", "\t", True, id="horizontal space"),
        pytest.param("a]b", "a]b", True, id="a bracket alone"),
        pytest.param(r"^\w$", "ä", False, id="words are ASCII"),
        pytest.param(r"^[\d\s\w-]+$", "1 a-", True, id="letters for classes in a class"),
        pytest.param(r"^[^\D]+$", "12", True, id="and their negations"),
        pytest.param(r"^[\w-.]+$", "a-.", True, id="a hyphen behind a class is a hyphen"),
        pytest.param("a++b", "aab", True, id="possessive"),
    ],
)
def test_java_s_dialect(pattern: str, text: str, *, found: bool) -> None:
    """What the two dialects write differently, or mean differently by the same."""
    compiled_pattern = compiled(pattern)

    assert compiled_pattern is not None
    assert found == (compiled_pattern.search(text) is not None)


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a{2", r"[\1]", r"\0", r"\p{ Alpha}", r"\x{zz}", r"\k<", "a" + "(" * 900]
)
def test_what_is_no_pattern(pattern: str) -> None:
    """Null, or in some cases a pattern that only this dialect accepts; never another exception."""
    assert compiled(pattern) is None or pattern == "a{2"


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "a" * 3_000, "a{999999999}", "((a{90}b){90}c){90}"])
def test_patterns_have_a_size(pattern: str) -> None:
    """Repetitions are counted as if they were written out."""
    with pytest.raises(FeelBudgetExceeded):
        compiled(pattern)


def test_spaced_patterns() -> None:
    """White space and comments mean nothing, in classes too."""
    spaced = compiled("a [b ] # and no more\n c", "x")

    assert spaced is not None
    assert spaced.fullmatch("abc")
    assert compiled("[ ]", "x") is None
