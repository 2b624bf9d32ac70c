"""
How points and ranges lie to each other, as DMN defines it.

A point is anything that has an order. Where ends cannot be compared, the answer is null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from worker.feel.run import Run
from worker.feel.signatures import Signature, define
from worker.feel.values import Range, Value, order


class _Incomparable(Exception):
    """A signal inside of _related: two ends have no order."""


def _sign(left: Value, right: Value) -> int:
    sign = order(left, right)
    if sign is None:
        raise _Incomparable
    return sign


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value, start_closed=True, end_closed=True)


def _before(first: Range, second: Range) -> bool:
    sign = _sign(first.end, second.start)
    return sign < 0 or (sign == 0 and not (first.end_closed and second.start_closed))


def _after(first: Range, second: Range) -> bool:
    return _before(second, first)


def _meets(first: Range, second: Range) -> bool:
    return first.end_closed and second.start_closed and _sign(first.end, second.start) == 0


def _met_by(first: Range, second: Range) -> bool:
    return _meets(second, first)


def _overlaps(first: Range, second: Range) -> bool:
    return not _before(first, second) and not _before(second, first)


def _overlaps_before(first: Range, second: Range) -> bool:
    starts, ends = _sign(first.start, second.start), _sign(first.end, second.end)
    return (
        (starts < 0 or (starts == 0 and first.start_closed and not second.start_closed))
        and not _before(first, second)
        and (ends < 0 or (ends == 0 and (not first.end_closed or second.end_closed)))
    )


def _overlaps_after(first: Range, second: Range) -> bool:
    return _overlaps_before(second, first)


def _starts_later(first: Range, second: Range) -> bool:
    sign = _sign(first.start, second.start)
    return sign > 0 or (sign == 0 and (not first.start_closed or second.start_closed))


def _ends_earlier(first: Range, second: Range) -> bool:
    sign = _sign(first.end, second.end)
    return sign < 0 or (sign == 0 and (not first.end_closed or second.end_closed))


def _finishes(first: Range, second: Range) -> bool:
    return first.end_closed == second.end_closed and _sign(first.end, second.end) == 0 and _starts_later(first, second)


def _finished_by(first: Range, second: Range) -> bool:
    return _finishes(second, first)


def _during(first: Range, second: Range) -> bool:
    return _starts_later(first, second) and _ends_earlier(first, second)


def _includes(first: Range, second: Range) -> bool:
    return _during(second, first)


def _starts(first: Range, second: Range) -> bool:
    return (
        first.start_closed == second.start_closed
        and _sign(first.start, second.start) == 0
        and _ends_earlier(first, second)
    )


def _started_by(first: Range, second: Range) -> bool:
    return _starts(second, first)


def _coincides(first: Range, second: Range) -> bool:
    return (
        (first.start_closed, first.end_closed) == (second.start_closed, second.end_closed)
        and _sign(first.start, second.start) == 0
        and _sign(first.end, second.end) == 0
    )


Relation = Callable[[Range, Range], bool]


def _related(name: str, relation: Relation, *shapes: str) -> list[Signature]:
    """Signatures of *relation*: two letters each, p for a point and r for a range."""

    def body(run: Run, first: Value, second: Value) -> Value:
        try:
            return relation(_as_range(first), _as_range(second))
        except _Incomparable:
            run.warn(f"{name}: the values cannot be compared")
            return None

    return [define(f"{name}({_PARAMETERS[shape]})", body) for shape in shapes]


_PARAMETERS: Final = {
    "pp": "point1: point, point2: point",
    "pr": "point: point, range: range",
    "rp": "range: range, point: point",
    "rr": "range1: range, range2: range",
}

SIGNATURES: Final = (
    *_related("before", _before, "pp", "pr", "rp", "rr"),
    *_related("after", _after, "pp", "pr", "rp", "rr"),
    *_related("meets", _meets, "rr"),
    *_related("met by", _met_by, "rr"),
    *_related("overlaps", _overlaps, "rr"),
    *_related("overlaps before", _overlaps_before, "rr"),
    *_related("overlaps after", _overlaps_after, "rr"),
    *_related("finishes", _finishes, "pr", "rr"),
    *_related("finished by", _finished_by, "rp", "rr"),
    *_related("includes", _includes, "rp", "rr"),
    *_related("during", _during, "pr", "rr"),
    *_related("starts", _starts, "pr", "rr"),
    *_related("started by", _started_by, "rp", "rr"),
    *_related("coincides", _coincides, "pp", "rr"),
)
