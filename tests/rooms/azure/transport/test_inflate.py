import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from worker.azure.transport.inflate import inflate
from worker.errors import InvalidResponse


async def in_pieces(whole: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("whole", "coding"),
    [
        pytest.param(b"hello" * 50, "", id="plain"),
        pytest.param(b"hello" * 50, "identity", id="identity"),
        pytest.param(gzip.compress(b"hello" * 50), "GZip", id="gzip"),
        pytest.param(zlib.compress(b"hello" * 50), "deflate", id="deflate"),
        pytest.param(gzip.compress(b"hello" * 20) + gzip.compress(b"hello" * 30), "gzip", id="gzip in two members"),
    ],
)
async def test_decodes(whole: bytes, coding: str, size: int) -> None:
    """The pieces make the decoded whole, however they are cut."""
    assert await inflate(in_pieces(whole, size), coding=coding, limit_bytes=250) == b"hello" * 50


async def test_nothing() -> None:
    """An empty body is empty in every coding."""
    assert await inflate(in_pieces(b"", 1), coding="gzip", limit_bytes=0) == b""


@pytest.mark.parametrize(
    ("whole", "coding", "said"),
    [
        pytest.param(b"x" * 251, "", "larger", id="too large"),
        pytest.param(gzip.compress(b"\0" * 50_000_000), "gzip", "larger", id="bomb"),
        pytest.param(gzip.compress(b"") * 100, "gzip", "larger", id="much of nothing"),
        pytest.param(gzip.compress(b"hello" * 50)[:-12], "gzip", "cut off", id="cut off"),
        pytest.param(gzip.compress(b"hello") + b"x", "gzip", "decompressed", id="something after it"),
        pytest.param(b"hello", "gzip", "decompressed", id="no gzip"),
        pytest.param(b"hello", "br", "not asked for", id="other coding"),
        pytest.param(b"hello", "gzip, gzip", "not asked for", id="coded twice"),
    ],
)
async def test_refused(whole: bytes, coding: str, said: str) -> None:
    """A body that is too large, broken or coded in another way is no answer."""
    with pytest.raises(InvalidResponse, match=said):
        await inflate(in_pieces(whole, 1_000_000), coding=coding, limit_bytes=250)
