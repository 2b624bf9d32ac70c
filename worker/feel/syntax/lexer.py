"""From text to tokens."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from worker.feel.errors import FeelSyntaxError


class Kind(Enum):
    """What a token is. The value is how an error message calls it."""

    NAME = "a name"
    QUOTED_NAME = "a name in back-ticks"
    NUMBER = "a number"
    STRING = "a string"
    TEMPORAL = 'an @"…" literal'
    SYMBOL = "a symbol"
    UNKNOWN = "an unknown character"  # allowed in the keys of contexts only
    END = "the end of the expression"


class Token(NamedTuple):
    """*text* is the name, the symbol, or the content of a literal; it stands from *start* up to *end*."""

    kind: Kind
    text: str
    start: int
    end: int


# Letters beyond the basic plane and emoji count as letters of a name.
_TOKEN = re.compile(
    r"""
    (?P<space>  (?: \s+ | //[^\n]* | /\*.*?\*/ )+ )
  | (?P<name>   (?: [^\W\d] | [$\U00010000-\U0010ffff] ) [\w$\U00010000-\U0010ffff]* )
  | (?P<quoted> ` [^`\n]+ ` )
  | (?P<number> (?: [0-9]+ (?: \.[0-9]+ )? | \.[0-9]+ ) )
  | (?P<string> " (?: [^"\\] | \\. )* " )
  | (?P<temporal> @ \s* " [^"\n]* " )
  | (?P<open>   /\* | " | ` )
  | (?P<symbol> \*\* | <= | >= | != | \.\. | -> | [-+*/()\[\]{},:.<>=?] )
  | (?P<other>  . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"""\\([nrt"'\\])""")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_CLOSINGS = {"/*": "*/ after the comment", '"': 'a closing " after the string', "`": "a closing back-tick"}
_KINDS = {"number": Kind.NUMBER, "symbol": Kind.SYMBOL, "name": Kind.NAME, "other": Kind.UNKNOWN}


def tokens_of(text: str) -> list[Token]:
    """
    The tokens of *text*, closed by an END token.

    Raises FeelSyntaxError for a comment, string or back-tick that is never closed; other characters that mean nothing
    become UNKNOWN tokens.
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group == "space":
            continue
        if group == "open":
            raise syntax_error(text, match.start(), expected=_CLOSINGS[match[0]], found="the end of the expression")
        tokens.append(_token(match, group or "other"))
    tokens.append(Token(Kind.END, "", len(text), len(text)))
    return tokens


def _token(match: re.Match[str], group: str) -> Token:
    start, end = match.span()
    match group:
        case "string":
            return Token(Kind.STRING, unescaped(match[0][1:-1]), start, end)
        case "temporal":
            return Token(Kind.TEMPORAL, match[0].partition('"')[2][:-1], start, end)
        case "quoted":
            return Token(Kind.QUOTED_NAME, match[0][1:-1], start, end)
        case _:
            return Token(_KINDS[group], match[0], start, end)


def unescaped(text: str) -> str:
    r"""The content of a string with \n \r \t \" \' \\ resolved; any other backslash stands for itself."""
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text) if "\\" in text else text


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def syntax_error(text: str, offset: int, *, expected: str, found: str) -> FeelSyntaxError:
    """The error for what stands at *offset*."""
    line, column = place_of(text, offset)
    return FeelSyntaxError(line=line, column=column, expected=expected, found=found)
