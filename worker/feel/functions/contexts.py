"""Functions on contexts."""

from __future__ import annotations

from typing import Final

from worker.feel.run import Run
from worker.feel.signatures import define
from worker.feel.values import Context, Value, listed


def _get_value(run: Run, context: dict[str, Value], key: str) -> Value:
    if key not in context:
        run.warn(f"no entry '{key}' in the context")
    return context.get(key)


def _get_value_at(run: Run, context: dict[str, Value], keys: list[Value]) -> Value:
    value: Value = context if keys else None
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str):
            return None
        value = _get_value(run, value, key)
    return value


def _get_entries(run: Run, context: dict[str, Value]) -> Value:
    run.spend(len(context))
    return [Context(key=key, value=value) for key, value in listed(context)]


def _put(run: Run, context: dict[str, Value], key: str, value: Value) -> Value:
    run.spend_copy(len(context))
    return Context([*listed(context), (key, value)])


def _put_at(run: Run, context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    """Put *value* at the end of the path *keys*; contexts that are missing on the way are made."""
    names = [key for key in keys if isinstance(key, str)]
    if not keys or len(names) != len(keys):
        run.warn("context put: keys must be a list of strings")
        return None
    top = inner = Context(listed(context))
    for name in names[:-1]:
        run.spend_copy(len(inner))
        below = inner.get(name)
        if below is not None and not isinstance(below, dict):
            run.warn(f"context put: '{name}' is no context")
            return None
        deeper = Context(listed(below or {}))
        inner[name] = deeper
        inner = deeper
    inner[names[-1]] = value
    return top


def _merge(run: Run, contexts: list[Value]) -> Value:
    merged = Context()
    for context in contexts:
        if not isinstance(context, dict):
            run.warn("context merge: contexts must be a list of contexts")
            return None
        run.spend_copy(len(context))
        merged.update(listed(context))
    return merged


def _context(run: Run, entries: list[Value]) -> Value:
    """A context of key-value pairs; null if a pair lacks its key or its value."""
    made = Context()
    run.spend(len(entries))
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(key, str) or not key or value is None:
            run.warn("context: every entry must have a key and a value")
            return None
        made[key] = value
    return made


SIGNATURES: Final = (
    define("get value(context: context, key: string)", _get_value),
    define("get value(m: context, key: string)", _get_value),
    define("get value(context: context, keys: list)", _get_value_at),
    define("get entries(context: context)", _get_entries),
    define("get entries(m: context)", _get_entries),
    define("context put(context: context, key: string, value: any)", _put),
    define("context put(context: context, keys: list, value: any)", _put_at),
    define("context put(context: context, key: list, value: any)", _put_at),
    define("put(context: context, key: string, value: any)", _put),
    define("context merge(contexts: list...)", _merge),
    define("put all(contexts: list...)", _merge),
    define("context(entries: list)", _context),
)
