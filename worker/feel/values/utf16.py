"""
Texts counted as the reference counts them: in UTF-16 units, so that an emoji has length 2.

Texts without such characters, nearly all, take python's own road.
"""

from __future__ import annotations


def _is_plain(text: str) -> bool:
    return text.isascii() or max(text) < "\U00010000"


def length(text: str) -> int:
    """The number of UTF-16 units."""
    return len(text) if _is_plain(text) else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, start: int, end: int) -> str:
    """The units from *start* up to *end*, both counted from 0; half an emoji is kept as a lone surrogate."""
    if _is_plain(text):
        return text[start:end]
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def compare(left: str, right: str) -> int:
    """-1, 0 or 1, by UTF-16 units."""
    if left == right:
        return 0
    if _is_plain(left) and _is_plain(right):
        return -1 if left < right else 1
    return -1 if left.encode("utf-16-be", "surrogatepass") < right.encode("utf-16-be", "surrogatepass") else 1


def repaired(text: str) -> str:
    """The text with halves of characters joined, and lone ones replaced by "\N{REPLACEMENT CHARACTER}"."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
