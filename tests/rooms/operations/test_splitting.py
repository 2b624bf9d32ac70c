import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.operations.splitting import estimated_tokens, pieces


@given(st.text(), st.integers(min_value=1, max_value=20))
def test_nothing_is_lost(text: str, at_most_tokens: int) -> None:
    """Joined, the pieces are the text; none is empty, and none is larger than it may be, a single character aside."""
    cut = pieces(text, at_most_tokens)

    assert "".join(cut) == text
    assert all(piece and (len(piece) == 1 or estimated_tokens(piece) <= at_most_tokens) for piece in cut)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("one\n\ntwo. three four\nfive", "one\n\n", id="paragraph"),
        pytest.param("on e\ntwo. three four", "on e\n", id="line"),
        pytest.param("on e. two three four", "on e. ", id="sentence"),
        pytest.param("first second third", "first ", id="word"),
        pytest.param("abcdefghijklmnop", "abcdefghi", id="nowhere"),
        pytest.param("一二三四五六", "一二三", id="three bytes each"),
    ],
)
def test_where_it_is_cut(text: str, first: str) -> None:
    """As kindly to the reader as the size allows."""
    assert pieces(text, 3)[0] == first
