"""Texts cut into pieces of a size, without a tokenizer: models differ in theirs, and each is tens of megabytes."""

import re
from typing import Final

__all__ = ["estimated_tokens", "pieces"]

# English has about 4 bytes to a token, Cyrillic and most others 3 to 4, Chinese and Japanese 3 or fewer: rather too
# many tokens than too few.
_BYTES_PER_TOKEN: Final = 3
_HEAD_OF_BYTE: Final = 0b1100_0000
_CONTINUES: Final = 0b1000_0000  # a byte of UTF-8 that is not a character's first
_SEAMS: Final = tuple(re.compile(seam) for seam in (r"\n\s*\n", r"\n", r"[.!?。！？]\s*", r"\s"))  # noqa: RUF001 - full-width marks end sentences too


def estimated_tokens(text: str) -> int:
    """About how many tokens *text* has, rather too many than too few."""
    return -(-len(text.encode(errors="surrogatepass")) // _BYTES_PER_TOKEN)


def pieces(text: str, at_most_tokens: int) -> list[str]:
    """
    *text* cut into pieces of at most so many estimated tokens each; joined they are the text again.

    A cut is made between paragraphs, else lines, sentences, words, as far behind as there is one in the second half.
    """
    most_bytes = at_most_tokens * _BYTES_PER_TOKEN
    cut: list[str] = []
    start = 0
    while start < len(text):
        window = _fitting(text[start : start + most_bytes], most_bytes)
        if start + len(window) < len(text):
            window = window[: _seam(window)]
        cut.append(window)
        start += len(window)
    return cut


def _fitting(text: str, most_bytes: int) -> str:
    """As much of *text*, from its beginning, as fits; at least one character."""
    raw = text.encode(errors="surrogatepass")
    if len(raw) <= most_bytes:
        return text
    end = most_bytes
    while end > 0 and raw[end] & _HEAD_OF_BYTE == _CONTINUES:
        end -= 1
    return raw[:end].decode(errors="surrogatepass") or text[:1]


def _seam(window: str) -> int:
    half = len(window) // 2
    for seam in _SEAMS:
        ends = [found.end() for found in seam.finditer(window, half)]
        if ends:
            return ends[-1]
    return len(window)
