r"""
The text of a Java regular expression, rewritten for the `regex` package.

Most of the two dialects is the same. What differs: character classes (unions, `&&`, spaces in comment mode), quoting
by \Q…\E, references to groups that do not exist, octal and hexadecimal escapes, \d, \w and \s (ASCII only), \h, \z, \Z.
A pattern that Java refuses raises ValueError here or an error of the `regex` package later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_PATTERN_SIZE

_GROUP_OPENING = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(\()(?!\?)|\(\?P?<([A-Za-z][A-Za-z0-9]*)>", re.DOTALL)
_COUNTED = re.compile(r"\{([0-9]{1,9}),?([0-9]{0,9})\}")
_SPACE = " \t\n\r\f\v"
_PLAIN = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[a-zA-Z_0-9]",
    "W": "[^a-zA-Z_0-9]",
    "s": "[\\ \\t\\n\\x0b\\f\\r]",
    "S": "[^\\ \\t\\n\\x0b\\f\\r]",
    "h": "[\\ \\t\\xa0\\u2000-\\u200a\\u202f\\u3000]",
    "z": "\\Z",
    "Z": "(?=\\n?\\Z)",
    "e": "\\x1b",
    "a": "\\x07",
}
_CLASSES = {f"\\{letter}" for letter in "dDwWsShH"}
_PROPERTIES = {
    "Lower": "a-z", "Upper": "A-Z", "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9", "XDigit": "0-9a-fA-F",
    "Space": " \\t\\n\\x0b\\f\\r", "Blank": " \\t", "Cntrl": "\\x00-\\x1f\\x7f", "ASCII": "\\x00-\\x7f",
    "Graph": "!-~", "Print": "\\ -~", "Punct": "!-/:-@\\[-`{-~",
}  # fmt: skip


def translated(pattern: str, *, spaced: bool) -> str:
    """*pattern* for the `regex` package; *spaced* is Java's comment mode, in which white space means nothing."""
    return _Translation(pattern, spaced=spaced).run()


class _Translation:
    """One pass over the pattern, from left to right."""

    def __init__(self, pattern: str, *, spaced: bool) -> None:
        self.text = pattern
        self.at = 0
        self.spaced = spaced
        self.sizes = [0]  # of the groups around this place, written out; the innermost last
        self.last_size = 0  # of what a quantifier here would repeat
        self.groups = sum(1 for match in _GROUP_OPENING.finditer(pattern) if match[1] or match[2])

    def run(self) -> str:
        pieces = []
        while self.at < len(self.text):
            char = self.take()
            if self.spaced and char in _SPACE:
                continue
            if self.spaced and char == "#":
                self.skip_comment()
                continue
            self.measure(char)
            if char == "\\":
                pieces.append(self.escape(in_class=False))
            elif char == "[":
                pieces.append(self.char_class())
            elif char == "]":
                pieces.append("\\]")
            else:
                pieces.append(char)
        return "".join(pieces)

    def measure(self, char: str) -> None:
        """Keep account of how large the pattern is with every {n} written out."""
        counts = _COUNTED.match(self.text, self.at - 1) if char == "{" else None
        if char == "(":
            self.sizes.append(0)
            self.last_size = 0
        elif char == ")" and len(self.sizes) > 1:
            self.last_size = self.sizes.pop()
            self.sizes[-1] += self.last_size
        elif counts is not None:
            repeated = self.last_size * max(1, int(counts[2] or counts[1]))
            self.sizes[-1] += repeated - self.last_size
            self.last_size = repeated
        elif char not in "*+?":
            self.last_size = 1
            self.sizes[-1] += 1
        if self.sizes[-1] > MAX_PATTERN_SIZE:
            raise FeelBudgetExceeded("characters in a pattern with its repetitions", MAX_PATTERN_SIZE)

    def take(self) -> str:
        if self.at >= len(self.text):
            raise ValueError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def skip_comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def escape(self, *, in_class: bool) -> str:
        """What stands behind a backslash."""
        char = self.take()
        if char in _PLAIN:
            return "\\" + char if in_class and char in "zZ" else _PLAIN[char]
        if char in "123456789" and in_class:
            raise ValueError("a reference inside a character class")
        read = _ESCAPES.get(char)
        return "\\" + char if read is None else read(self, char)

    def quoted(self, _: str) -> str:
        end = self.text.find("\\E", self.at)
        end = len(self.text) if end < 0 else end
        quoted, self.at = self.text[self.at : end], end + 2
        return re.escape(quoted)

    def hexadecimal(self, char: str) -> str:
        if self.peek() != "{":
            return "\\" + char
        digits = self.text[self.at + 1 : self.text.index("}", self.at)]
        self.at += len(digits) + 2
        return re.escape(chr(int(digits, 16)))

    def named_reference(self, _: str) -> str:
        end = self.text.index(">", self.at) + 1
        name, self.at = self.text[self.at : end], end
        return "\\g" + name

    def reference(self, digits: str) -> str:
        """A reference takes only as many digits as make an existing group; one to no group never matches."""
        while self.peek().isdigit() and int(digits + self.peek()) <= self.groups:
            digits += self.take()
        return f"(?:\\g<{digits}>)" if int(digits) <= self.groups else "(?!)"

    def octal(self, _: str) -> str:
        match = re.compile("[0-3]?[0-7]{1,2}").match(self.text, self.at)
        if match is None:
            raise ValueError("an octal escape without digits")
        self.at = match.end()
        return f"\\x{int(match[0], 8):02x}"

    def property(self, letter: str) -> str:
        if self.peek() != "{":
            return f"\\{letter}{{{self.take()}}}"
        name = self.text[self.at + 1 : self.text.index("}", self.at)]
        self.at += len(name) + 2
        if not re.fullmatch(r"[A-Za-z0-9_=]+", name):
            raise ValueError("not a property name")
        if name not in _PROPERTIES:
            return f"\\{letter}{{{name.removeprefix('java')}}}"
        negation = "^" if letter == "P" else ""
        return f"[{negation}{_PROPERTIES[name]}]"

    def char_class(self) -> str:
        """A class from behind its "["; classes inside join it, as in Java."""
        pieces = ["["]
        if self.peek() == "^":
            pieces.append(self.take())
        empty = True
        while True:
            char = self.take()
            if self.spaced and char in _SPACE:
                continue
            if char == "]" and not empty:
                return "".join([*pieces, "]"])
            empty = False
            pieces.append(self.class_part(char))

    def class_part(self, char: str) -> str:
        if char == "\\":
            return self.escape(in_class=True)
        if char == "[":
            return self.char_class()
        if char == "&" and self.peek() == "&":
            self.at += 1
            return "&&"
        if char == "-" and self.makes_range():
            return "-"
        return "\\" + char if char in "-&|~]^" else char

    def makes_range(self) -> bool:
        """Whether the hyphen here stands between two characters; else it is one itself."""
        before, after = self.text[self.at - 3 : self.at - 1], self.peek()
        return before not in _CLASSES and before[-1:] not in {"[", "^", "&"} and after not in {"]", "["}


_ESCAPES: Final[dict[str, Callable[[_Translation, str], str]]] = {
    "Q": _Translation.quoted,
    "0": _Translation.octal,
    "x": _Translation.hexadecimal,
    "p": _Translation.property,
    "P": _Translation.property,
    "k": _Translation.named_reference,
    **dict.fromkeys("123456789", _Translation.reference),
}
