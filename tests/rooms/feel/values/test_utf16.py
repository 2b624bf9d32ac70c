import pytest

from worker.feel.values import utf16


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("äöü", 3), ("🐎😀", 4)])
def test_length_counts_units(text: str, length: int) -> None:
    """An emoji has two."""
    assert length == utf16.length(text)


def test_a_cut_may_go_through_a_character() -> None:
    """Its halves are put together again when they meet, and replaced when they leave alone."""
    first, second = utf16.cut("😀", 0, 1), utf16.cut("😀", 1, 2)

    assert "😀" == utf16.repaired(first + second)
    assert "\N{REPLACEMENT CHARACTER}" == utf16.repaired(first)
    assert "b" == utf16.cut("abc", 1, 2)


@pytest.mark.parametrize(("left", "right", "sign"), [("a", "b", -1), ("b", "a", 1), ("a", "a", 0), ("\uffee", "😀", 1)])
def test_order_is_that_of_units(left: str, right: str, sign: int) -> None:
    """Which is not that of characters beyond the basic plane."""
    assert sign == utf16.compare(left, right)
