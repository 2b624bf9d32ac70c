import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import SHARED
from worker import feel
from worker.feel import FeelError, Result, parse, to_text
from worker.feel.functions import BUILTINS

CONTEXT = {"a": 1, "b": "text", "c": {"d": [1, 2.5, None, {"e": "f"}]}, "l": [3, 1, 2], "n": None, "t": True}
OPERATORS = "+ - * / ** = != < <= > >= ( ) [ ] { } , : . .. ? a b c d e l n t x item partial null true false"
KEYWORDS = "and or not( if then else for some every in return satisfies between instance of function( number"
WORDS = [
    *OPERATORS.split(" "),
    *KEYWORDS.split(" "),
    *(f"{name}(" for name in BUILTINS),
    *('"a"', '"[a-c]+"', '"2024-02-29"', '"PT1H"', '""', "0", "1", "2", "-1", "0.5", "9999999999999999999"),
    *('@"2024-02-29"', '@"P1D"', '@"P1Y2M"', '@"10:15:00Z"', '@"2024-03-31T02:30:00@Europe/Berlin"', "`a b`", "1..3"),
]
PIECES = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
LEAVES = st.sampled_from(["1", "0.5", "null", "true", '"s"', "a", "c.d", "l", "n", '@"P1D"', '@"2024-02-29"', "`x y`"])


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions one level larger than *parts*."""
    one = parts.map("({})".format)
    pair = st.tuples(one, one)
    operators = ["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"]
    return st.one_of(
        st.tuples(one, st.sampled_from(operators), one).map(" ".join),
        pair.map("if {0[0]} then {0[1]} else {0[0]}".format),
        pair.map("for i in {0[0]}, j in 1..2 return [i, j, {0[1]}, partial]".format),
        pair.map("some i in {0[0]} satisfies {0[1]}".format),
        pair.map("{0[0]}[{0[1]}].e".format),
        pair.map('{{"k": {0[0]}, l: [{0[1]}, [k..{0[0]})]}}'.format),
        pair.map("{0[0]} between {0[1]} and 3".format),
        pair.map("{0[0]} in (< {0[1]}, [1..{0[0]}], {0[1]})".format),
        one.map("function(p, q) {}".format),
        one.map("-{}".format),
        one.map("{} instance of date and time".format),
        st.tuples(st.sampled_from(sorted(BUILTINS)), st.lists(parts, max_size=4).map(", ".join)).map(
            "{0[0]}({0[1]})".format
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=12)


def outcome(text: str) -> Result | FeelError:
    """What an expression gives; anything but a FeelError fails the test."""
    try:
        return feel.compile(text).evaluate(
            CONTEXT, clock=lambda: datetime(2024, 5, 17, tzinfo=UTC), chance=lambda: 0.25, budget_steps=5_000
        )
    except FeelError as error:
        return error


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    """No text makes the engine raise anything but its own error."""
    outcome(text)


@settings(max_examples=300)
@given(PIECES)
def test_any_words_are_an_expression_or_an_error(text: str) -> None:
    """Nor do the language's own words in any order."""
    outcome(text)


@settings(max_examples=300)
@given(EXPRESSIONS)
def test_any_expression_has_an_outcome(text: str) -> None:
    """Well-formed expressions end within their budget, with a value or an error, and it is the same the next time."""
    first, second = outcome(text), outcome(text)

    assert str(first) == str(second)


@settings(max_examples=300)
@given(EXPRESSIONS)
def test_what_is_printed_is_the_same_tree(text: str) -> None:
    """A tree that is printed and parsed again is the same tree."""
    tree = parse(text)

    assert tree == parse(to_text(tree))


@settings(max_examples=150)
@given(PIECES)
def test_what_is_accepted_can_be_printed(text: str) -> None:
    """Whatever the parser takes, the printer writes in a form that it takes again."""
    try:
        tree = parse(text)
    except FeelError:
        return

    assert tree == parse(to_text(tree))


@settings(max_examples=150)
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=5))
def test_any_pattern_is_harmless(text: str, pattern: str, flags: str) -> None:
    """Patterns that users bring are matched, refused or stopped."""
    try:
        result = feel.compile("[matches(t, p, f), replace(t, p, p, f), split(t, p), extract(t, p)]").evaluate(
            {"t": text, "p": pattern, "f": flags}
        )
    except FeelError:
        return

    assert isinstance(result.value, list)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@settings(max_examples=200)
@given(JSON)
def test_json_passes_through_unchanged(data: object) -> None:
    """What an expression only hands on arrives as it was, every digit of it."""
    result = feel.compile("{x: y}").evaluate({"y": data}).value

    assert json.dumps({"x": data}) == json.dumps(result)


@pytest.mark.skipif(not SHARED.exists(), reason="needs the test material beside the checkout")
@given(st.data())
def test_spoilt_reference_expressions_are_harmless(data: st.DataObject) -> None:
    """Real expressions with a piece cut out or doubled have an outcome as well."""
    lines = (SHARED / "feel/cases.jsonl").read_text(encoding="utf-8").splitlines()
    line = data.draw(st.sampled_from(lines))
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    outcome(line[:start] + line[end:])
    outcome(line[start:end] * 2)
