import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.azure.transport.seam import header_pairs, header_text, too_large
from worker.errors import InvalidResponse


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(b"plain", "plain", id="ASCII"),
        pytest.param(b"\xc3\xa4", "\u00e4", id="UTF-8"),
        pytest.param(b"\xff", "\ufffd", id="neither"),
    ],
)
def test_header_text(raw: bytes, expected: str) -> None:
    """Any bytes become text that UTF-8 can hold."""
    assert expected == header_text(raw)


@given(st.lists(st.tuples(st.binary(), st.binary())))
def test_header_pairs(raw: list[tuple[bytes, bytes]]) -> None:
    """Decoded at once they are what they are one by one, whatever bytes they are."""
    flat = [part for pair in raw for part in pair]

    assert tuple((header_text(name), header_text(value)) for name, value in raw) == header_pairs(flat)


def test_too_large() -> None:
    """The error says how large an answer may be."""
    error = too_large(50_000_000)

    assert isinstance(error, InvalidResponse)
    assert "50,000,000 bytes" in str(error)
