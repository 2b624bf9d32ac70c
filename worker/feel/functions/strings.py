"""Functions on strings. Positions and lengths count UTF-16 units, as in Java."""

from __future__ import annotations

import base64
from typing import Final

from worker.feel import patterns
from worker.feel.errors import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.values import Number, Value, utf16

_JAVA_WHITE_SPACE: Final = "".join(map(chr, range(33)))


def _substring_from(run: Run, text: str, start: Number) -> Value:
    return _substring(run, text, start, utf16.length(text))


def _substring(run: Run, text: str, start: Number, length: Number) -> Value:
    """From *start*, which counts from 1 or from -1 at the end; outside of the text it is an error."""
    run.spend_text(len(text))
    size = utf16.length(text)
    first = int(start) - 1 if start >= 1 else size + int(start)
    end = min(first + int(length), size)
    if not 0 <= first <= end:
        raise FeelEvaluationError(f"substring: position {int(start)} is outside of a text of length {size}")
    return utf16.cut(text, first, end)


def _length(_run: Run, text: str) -> Value:
    return utf16.length(text)


def _upper_case(run: Run, text: str) -> Value:
    run.spend_text(len(text))
    return text.upper()


def _lower_case(run: Run, text: str) -> Value:
    run.spend_text(len(text))
    return text.lower()


def _before(run: Run, text: str, match: str) -> Value:
    run.spend_text(len(text))
    return text.partition(match)[0] if match and match in text else ""


def _after(run: Run, text: str, match: str) -> Value:
    run.spend_text(len(text))
    return text.partition(match)[2] if match else text


def _contains(run: Run, text: str, match: str) -> Value:
    run.spend_text(len(text))
    return match in text


def _starts_with(_run: Run, text: str, match: str) -> Value:
    return text.startswith(match)


def _ends_with(_run: Run, text: str, match: str) -> Value:
    return text.endswith(match)


def _matches(run: Run, text: str, pattern: str, flags: str = "") -> Value:
    compiled = patterns.compiled(pattern, flags)
    if compiled is None:
        run.warn(f"'{pattern}' is no regular expression")
        return None
    return patterns.search(compiled, text, run)


def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str = "") -> Value:
    compiled = patterns.compiled(pattern, flags)
    replaced = None if compiled is None else patterns.replace(compiled, text, replacement, run)
    if replaced is None:
        run.warn(f"'{pattern}' is no regular expression, or '{replacement}' names a group it does not have")
    return replaced


def _split(run: Run, text: str, delimiter: str) -> Value:
    compiled = patterns.compiled(delimiter)
    if compiled is None:
        run.warn(f"'{delimiter}' is no regular expression")
        return None
    parts: list[Value] = list(patterns.split(compiled, text, run))
    return parts


def _extract(run: Run, text: str, pattern: str) -> Value:
    compiled = patterns.compiled(pattern)
    if compiled is None:
        run.warn(f"'{pattern}' is no regular expression")
        return None
    return [match[0] for match in patterns.find_all(compiled, text, run)]


def _trim(run: Run, text: str) -> Value:
    run.spend_text(len(text))
    return text.strip(_JAVA_WHITE_SPACE)


def _is_blank(_run: Run, text: str) -> Value:
    return not text or text.isspace()


def _to_base64(run: Run, text: str) -> Value:
    run.spend_text(len(text))
    return base64.b64encode(utf16.repaired(text).encode()).decode("ascii")


def _join(run: Run, items: list[Value], delimiter: Value = None, prefix: str = "", suffix: str = "") -> Value:
    """The strings of a list, nulls left out; null if anything else is in it."""
    texts: list[str] = []
    for item in items:
        if isinstance(item, str):
            texts.append(item)
        elif item is not None:
            run.warn("string join: list must hold strings only")
            return None
    separator = delimiter if isinstance(delimiter, str) else ""
    run.spend_text(sum(map(len, texts)) + (len(separator) + 1) * len(texts) + len(prefix) + len(suffix))
    return prefix + separator.join(texts) + suffix


SIGNATURES: Final = (
    define("substring(string: string, start position: number)", _substring_from),
    define("substring(string: string, start position: number, length: number)", _substring),
    define("string length(string: string)", _length),
    define("upper case(string: string)", _upper_case),
    define("lower case(string: string)", _lower_case),
    define("substring before(string: string, match: string)", _before),
    define("substring after(string: string, match: string)", _after),
    define("contains(string: string, match: string)", _contains),
    define("starts with(string: string, match: string)", _starts_with),
    define("ends with(string: string, match: string)", _ends_with),
    define("matches(input: string, pattern: string)", _matches),
    define("matches(input: string, pattern: string, flags: string)", _matches),
    define("replace(input: string, pattern: string, replacement: string)", _replace),
    define("replace(input: string, pattern: string, replacement: string, flags: string)", _replace),
    define("split(string: string, delimiter: string)", _split),
    define("extract(string: string, pattern: string)", _extract),
    define("trim(string: string)", _trim),
    define("is blank(string: string)", _is_blank),
    define("to base64(value: string)", _to_base64),
    define("string join(list: list)", _join),
    define("string join(list: list, delimiter: null|string)", _join),
    define("string join(list: list, delimiter: null|string, prefix: string, suffix: string)", _join),
)
