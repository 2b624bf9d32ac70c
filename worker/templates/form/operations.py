"""The fields of several operations in one form: what they share appears once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from worker.hints import Pick
from worker.operations import Operation
from worker.templates.form.conditions import ALWAYS, Condition, equals, one_of, picked
from worker.templates.form.fields import Entry, Shape, entries
from worker.wire import Scope

__all__ = ["asks_a_deployment", "inputs"]


@dataclass(slots=True)
class _Shared:
    """One entry, and the operations that have it."""

    entry: Entry
    operations: list[str] = field(default_factory=list)


def inputs(operations: Sequence[Operation[Any]]) -> Iterator[Shape]:
    """The fields of `input`; with several operations each is shown for those that have it."""
    names = [operation.name for operation in operations]
    shared = _shared(operations)
    picks = _picks(shared)
    taken: set[str] = set()
    for each in shared:
        if each.entry.when is not None:
            pick = each.entry.when[0]
            if pick.name not in taken:
                taken.add(pick.name)
                group = next(s.entry.shape["group"] for s in shared if _uses(s, pick) and "group" in s.entry.shape)
                yield _shown(picked(pick, group), _for(picks[pick.name], names))
        condition = _for(each.operations, names)
        if each.entry.when is not None:
            condition &= equals(each.entry.when[0].name, each.entry.when[1])
        yield _shown({"id": _id(each, taken), **each.entry.shape}, condition)


def asks_a_deployment(operations: Sequence[Operation[Any]]) -> Condition:
    """For which of *operations* a deployment is asked for."""
    names = [operation.name for operation in operations if operation.scope is Scope.DEPLOYMENT]
    return _for(names, [operation.name for operation in operations])


def _shared(operations: Sequence[Operation[Any]]) -> list[_Shared]:
    """Entries that look and bind the same are one, in the order in which they are first met."""
    found: dict[str, _Shared] = {}
    for operation in operations:
        for each in entries(operation.input, "input"):
            key = json.dumps([each.shape, each.when and (each.when[0].name, each.when[1])])
            found.setdefault(key, _Shared(each)).operations.append(operation.name)
    return list(found.values())


def _picks(shared: list[_Shared]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in shared:
        if each.entry.when is not None:
            users = found.setdefault(each.entry.when[0].name, [])
            users += [name for name in each.operations if name not in users]
    return found


def _uses(shared: _Shared, pick: Pick) -> bool:
    return shared.entry.when is not None and shared.entry.when[0] == pick


def _for(names: Sequence[str], of: Sequence[str]) -> Condition:
    return ALWAYS if set(names) == set(of) else one_of("operation", names)


def _id(shared: _Shared, taken: set[str]) -> str:
    """Its name; where others have that too, its first operation's as well."""
    name = f"input_{shared.entry.name.replace('.', '_')}"
    unique = name if name not in taken else f"{shared.operations[0]}_{name}"
    if shared.entry.when is not None and unique in taken:
        unique = f"{unique}_{shared.entry.when[1]}"
    taken.add(unique)
    return unique


def _shown(shape: Shape, condition: Condition) -> Shape:
    return {**shape, "condition": condition.json()} if condition.parts else shape
