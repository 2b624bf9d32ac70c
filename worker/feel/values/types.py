"""
The values an expression works with.

Plain JSON data is used as it comes: nothing is converted before it is touched, so a large response costs nothing.
A JSON float stays a float until arithmetic needs it, which then takes its shortest text as an exact decimal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Union

from worker.feel.temporal import Date, DateTime, DayTimeDuration, Temporal, Time, YearMonthDuration

Number = int | Decimal
Truth = bool | None  # true, false or null
Value = Union[None, bool, int, float, Decimal, str, Temporal, "Range", "Function", "list[Value]", "dict[str, Value]"]


class Context(dict[str, "Value"]):
    """A context that the expression made; one of the input is a plain dict. Only the order of listing differs."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values between two ends; an end that is not *closed* does not belong to it."""

    start: Value
    end: Value
    start_closed: bool
    end_closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """
    A function defined by the expression itself.

    *call* takes exactly as many arguments as there are *parameters*.
    """

    parameters: tuple[str, ...]
    call: Callable[[list[Value]], Value]


_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    Context: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DayTimeDuration: "days and time duration",
    YearMonthDuration: "years and months duration",
    Range: "range",
    Function: "function",
}


def kind_of(value: Value) -> str:
    """The name of the value's FEEL type."""
    return _KINDS.get(type(value), "unknown")
