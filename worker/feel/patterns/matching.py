"""
Regular expressions in Java's dialect, translated for the `regex` package.

Matching is cut off by time: each call first gets a moment, then more, and pays for it in steps, so that neither one
hostile pattern nor many slow ones can hold the worker for more than a few seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_PATTERN_CHARS
from worker.feel.meter import Meter
from worker.feel.patterns.translation import translated

if TYPE_CHECKING:
    import regex

_ATTEMPTS: Final = ((0.001, 50), (0.02, 2_000), (0.25, 25_000))  # seconds allowed, steps charged
_FLAGS: Final = {"i": "IGNORECASE", "s": "DOTALL", "m": "MULTILINE"}
_Found = TypeVar("_Found")


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str = "") -> regex.Pattern[str] | None:
    """The pattern, or None if it is none. *flags* may hold i, s, m and x; others are ignored."""
    if len(pattern) > MAX_PATTERN_CHARS:
        raise FeelBudgetExceeded("characters in a pattern", MAX_PATTERN_CHARS)
    import regex  # noqa: PLC0415 - 6 MB, which only expressions with patterns need

    bits = regex.VERSION1
    for flag in flags:
        if flag in _FLAGS:
            bits |= regex.RegexFlag[_FLAGS[flag]]
    try:
        return regex.compile(translated(pattern, spaced="x" in flags), bits)
    except (regex.error, ValueError, OverflowError, RecursionError):
        return None


def search(pattern: regex.Pattern[str], text: str, meter: Meter) -> bool:
    """Whether *pattern* is found anywhere in *text*."""
    return _timed(lambda seconds: pattern.search(text, timeout=seconds) is not None, len(text), meter)


def find_all(pattern: regex.Pattern[str], text: str, meter: Meter) -> list[regex.Match[str]]:
    """All matches from left to right."""

    def collect(seconds: float) -> list[regex.Match[str]]:
        matches = []
        for match in pattern.finditer(text, timeout=seconds):
            meter.spend()
            matches.append(match)
        return matches

    return _timed(collect, len(text), meter)


def _timed(attempt: Callable[[float], _Found], chars: int, meter: Meter) -> _Found:
    meter.spend_text(chars)
    for seconds, steps in _ATTEMPTS:
        meter.spend(steps)
        try:
            return attempt(seconds)
        except TimeoutError:
            continue
    raise FeelBudgetExceeded("milliseconds for one regular expression", int(_ATTEMPTS[-1][0] * 1000))


def split(pattern: regex.Pattern[str], text: str, meter: Meter) -> list[str]:
    """The parts between the matches; an empty match at the very start separates nothing."""
    parts, end = [], 0
    for match in find_all(pattern, text, meter):
        if match.end() == 0:
            continue
        parts.append(text[end : match.start()])
        end = match.end()
    return [*parts, text[end:]]


def replace(pattern: regex.Pattern[str], text: str, replacement: str, meter: Meter) -> str | None:
    """The text with every match replaced; "$1" and "${name}" stand for groups. None if there is no such group."""
    pieces, end = [], 0
    for match in find_all(pattern, text, meter):
        piece = _expanded(match, replacement)
        if piece is None:
            return None
        meter.spend_text(len(piece))
        pieces += [text[end : match.start()], piece]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _expanded(match: regex.Match[str], replacement: str) -> str | None:
    """*replacement* with its group references filled in."""
    pieces, at = [], 0
    while at < len(replacement):
        char = replacement[at]
        at += 1
        if char == "\\":
            if at == len(replacement):
                return None
            char, at = replacement[at], at + 1
        elif char == "$":
            group, at = _group_reference(match, replacement, at)
            if group is None:
                return None
            char = match[group] or ""
        pieces.append(char)
    return "".join(pieces)


def _group_reference(match: regex.Match[str], text: str, at: int) -> tuple[int | str | None, int]:
    """The group named after a "$" at *at*, and where the text goes on; None if there is no such group."""
    if text[at : at + 1] == "{":
        name, closed, _ = text[at + 1 :].partition("}")
        return (name if closed and name in match.re.groupindex else None), at + len(name) + 2
    if not ("0" <= text[at : at + 1] <= "9"):
        return None, at
    groups = match.re.groups
    number, at = int(text[at]), at + 1
    if number > groups:
        return None, at
    while "0" <= text[at : at + 1] <= "9" and number * 10 + int(text[at]) <= groups:  # as many digits as make a group
        number, at = number * 10 + int(text[at]), at + 1
    return number, at
