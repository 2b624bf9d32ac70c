import pytest

from worker.azure.transport.seam import header_text, too_large
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


def test_too_large() -> None:
    """The error says how large an answer may be."""
    error = too_large(50_000_000)

    assert isinstance(error, InvalidResponse)
    assert "50,000,000 bytes" in str(error)
