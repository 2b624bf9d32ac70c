import pytest

from worker.feel import parse
from worker.feel.syntax.tree import Input, Variable
from worker.feel.syntax.walk import mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("partial", True),
        ("[{a: f(x: -partial)}]", True),
        ("x.partial", False),
        ('"partial"', False),
        ("1 in (? > 2)", False),
    ],
)
def test_a_variable_is_found_wherever_it_is(text: str, *, found: bool) -> None:
    """In any depth; names of entries and texts do not count."""
    assert found == mentions(parse(text), Variable("partial"))


def test_the_input_is_found() -> None:
    """It makes a test decide by itself."""
    assert mentions(parse("1 in (? > 2)"), Input())
