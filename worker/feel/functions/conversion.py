"""Functions that turn values into other types, and those that deal with null."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

from worker.feel.errors import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.values import Context, Truth, Value, read_number, write_json, write_text

_SEPARATORS: Final = {" ", ",", "."}
_LINES_OF_JSON: Final = 64  # characters of JSON that cost one step


def _string(run: Run, value: Value) -> Value:
    return None if value is None else write_text(value, run)


def _number(run: Run, text: str) -> Value:
    number = read_number(text)
    if number is None:
        run.warn("number: the text is no number")
    return number


def _number_with_grouping(run: Run, text: str, grouping: Value) -> Value:
    return _number_with_separators(run, text, grouping, None)


def _number_with_separators(run: Run, text: str, grouping: Value, decimal: Value) -> Value:
    """A number whose digits are grouped by *grouping* and whose decimals follow *decimal*; null for neither."""
    if (grouping is not None and grouping not in _SEPARATORS) or (decimal is not None and decimal not in {",", "."}):
        run.warn("number: separators are ' ', ',' or '.'")
        return None
    if grouping is not None and grouping == decimal:
        run.warn("number: the two separators must differ")
        return None
    if isinstance(grouping, str):
        text = text.replace(grouping, "")
    if isinstance(decimal, str):
        text = text.replace(decimal, ".")
    return _number(run, text)


def _from_json(run: Run, text: str) -> Value:
    run.spend(1 + len(text) // _LINES_OF_JSON)
    try:
        value: Value = json.loads(text, object_pairs_hook=Context, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, ArithmeticError, RecursionError):
        run.warn("from json: the text is not JSON")
        return None
    return value


def _no_constant(name: str) -> Value:
    raise ValueError(f"{name} is not JSON")


def _to_json(run: Run, value: Value) -> Value:
    return write_json(value, run)


def _negated(_run: Run, negand: Truth) -> Value:
    return not negand


def _is_defined(_run: Run, value: Value) -> Value:
    return value is not None


def _get_or_else(_run: Run, value: Value, default: Value) -> Value:
    return default if value is None else value


def _assert(run: Run, value: Value, condition: Value) -> Value:
    return _assert_because(run, value, condition, "the condition is not fulfilled")


def _assert_because(run: Run, value: Value, condition: Value, cause: Value) -> Value:
    if condition is not True:
        raise FeelEvaluationError(f"assertion failed: {write_text(cause, run)}")
    return value


SIGNATURES: Final = (
    define("string(from: any)", _string),
    define("number(from: string)", _number),
    define("number(from: string, grouping separator: any)", _number_with_grouping),
    define("number(from: string, grouping separator: any, decimal separator: any)", _number_with_separators),
    define("from json(value: string)", _from_json),
    define("to json(value: any)", _to_json),
    define("not(negand: boolean)", _negated),
    define("is defined(value: any)", _is_defined),
    define("get or else(value: any, default: any)", _get_or_else),
    define("assert(value: any, condition: any)", _assert),
    define("assert(value: any, condition: any, cause: any)", _assert_because),
)
