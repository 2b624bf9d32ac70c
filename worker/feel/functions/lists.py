"""Functions on lists. Positions count from 1, or from -1 at the end."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Final

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_VALUE_DEPTH
from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.values import Function, Number, Value, equal, frozen


def _contains(run: Run, items: list[Value], element: Value) -> Value:
    run.spend_copy(len(items))
    return any(equal(item, element, run) is True for item in items)


def _count(_run: Run, items: list[Value]) -> Value:
    return len(items)


def _is_empty(_run: Run, items: list[Value]) -> Value:
    return not items


def _all(_run: Run, items: list[Value]) -> Value:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _any(_run: Run, items: list[Value]) -> Value:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


def _start(items: list[Value], position: Number) -> int | None:
    """The python index of a position, at least 0; None for position 0."""
    whole = int(position)
    if whole == 0:
        return None
    return whole - 1 if whole > 0 else max(0, len(items) + whole)


def _sublist_from(run: Run, items: list[Value], position: Number) -> Value:
    return _sublist(run, items, position, len(items))


def _sublist(run: Run, items: list[Value], position: Number, length: Number) -> Value:
    start = _start(items, position)
    if start is None:
        run.warn("sublist: positions begin at 1")
        return None
    run.spend_copy(len(items))
    return items[start : start + max(0, int(length))]


def _append(run: Run, items: list[Value], more: list[Value]) -> Value:
    run.spend_copy(len(items) + len(more))
    return items + more


def _concatenate(run: Run, lists: list[Value]) -> list[Value]:
    joined: list[Value] = []
    for each in lists:
        part = each if isinstance(each, list) else [each]
        run.spend_copy(len(part))
        joined += part
    return joined


def _insert_before(run: Run, items: list[Value], position: Number, new_item: Value) -> Value:
    start = _start(items, position)
    if start is None:
        run.warn("insert before: positions begin at 1")
        return None
    run.spend_copy(len(items))
    return [*items[:start], new_item, *items[start:]]


def _remove(run: Run, items: list[Value], position: Number) -> Value:
    index = int(position) - 1 if position >= 1 else len(items) + int(position)
    if int(position) == 0:
        run.warn("remove: positions begin at 1")
        return None
    run.spend_copy(len(items))
    return items[:index] + items[index + 1 :] if 0 <= index < len(items) else list(items)


def _reverse(run: Run, items: list[Value]) -> Value:
    run.spend_copy(len(items))
    return items[::-1]


def _index_of(run: Run, items: list[Value], match: Value) -> Value:
    run.spend_copy(len(items))
    return [index for index, item in enumerate(items, 1) if equal(item, match, run) is True]


def _union(run: Run, lists: list[Value]) -> Value:
    return _distinct(run, _concatenate(run, lists))


def _distinct(run: Run, items: list[Value]) -> Value:
    run.spend(len(items))
    first: dict[object, Value] = {}
    for item in items:
        first.setdefault(frozen(item, run), item)
    return list(first.values())


def _duplicates(run: Run, items: list[Value]) -> Value:
    run.spend(len(items))
    seen: dict[object, list[Value]] = {}
    for item in items:
        seen.setdefault(frozen(item, run), []).append(item)
    return [group[0] for group in seen.values() if len(group) > 1]


def _flatten(run: Run, items: list[Value]) -> Value:
    flat: list[Value] = []
    _flatten_into(flat, items, run, 0)
    return flat


def _flatten_into(flat: list[Value], items: list[Value], run: Run, depth: int) -> None:
    if depth > MAX_VALUE_DEPTH:
        raise FeelBudgetExceeded("nested lists", MAX_VALUE_DEPTH)
    run.spend_copy(len(items))
    for item in items:
        if isinstance(item, list):
            _flatten_into(flat, item, run, depth + 1)
        else:
            flat.append(item)


_PAIR: Final = 2


class _Unordered(Exception):
    """A signal inside of _sort: the function did not say which of two items comes first."""


def _sort(run: Run, items: list[Value], precedes: Function) -> Value:
    """The items in the order that *precedes* asks for; null if it does not answer true or false for a pair."""
    if len(precedes.parameters) != _PAIR:
        run.warn("sort: precedes must be a function of two parameters")
        return None

    def first(one: Value, other: Value) -> bool:
        answer = run.call(precedes, [one, other])
        if not isinstance(answer, bool):
            raise _Unordered
        return answer

    def sign(one: Value, other: Value) -> int:
        return -1 if first(one, other) else int(first(other, one))

    try:
        return sorted(items, key=cmp_to_key(sign))
    except _Unordered:
        run.warn("sort: precedes must give true or false for every two items")
        return None


def _partition(run: Run, items: list[Value], size: Number) -> Value:
    step = int(size)
    if step < 1:
        run.warn("partition: size must be at least 1")
        return None
    run.spend(len(items) // step)
    run.spend_copy(len(items))
    return [items[start : start + step] for start in range(0, len(items), step)]


SIGNATURES: Final = (
    define("list contains(list: list, element: any)", _contains),
    define("count(list: list)", _count),
    define("is empty(list: list)", _is_empty),
    define("all(list: list...)", _all),
    define("and(list: list...)", _all),
    define("any(list: list...)", _any),
    define("or(list: list...)", _any),
    define("sublist(list: list, start position: number)", _sublist_from),
    define("sublist(list: list, start position: number, length: number)", _sublist),
    define("append(list: list, items: list...)", _append),
    define("concatenate(lists: list...)", _concatenate),
    define("insert before(list: list, position: number, newItem: any)", _insert_before),
    define("remove(list: list, position: number)", _remove),
    define("reverse(list: list)", _reverse),
    define("index of(list: list, match: any)", _index_of),
    define("union(lists: list...)", _union),
    define("distinct values(list: list)", _distinct),
    define("duplicate values(list: list)", _duplicates),
    define("flatten(list: list)", _flatten),
    define("sort(list: list, precedes: function)", _sort),
    define("partition(list: list, size: number)", _partition),
)
