"""
The order in which the entries of a context are listed by get entries(), string() and to json().

Authors see it, so it is the reference's: a context of up to four entries keeps the order in which they were put, a
larger one is a hash trie. Contexts that come with the input went through a hash table of Java's before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from worker.feel.values.types import Context, Value

_MASK = 0xFFFFFFFF
_SMALL = 4
_MAX_SHIFT = 30


def listed(context: dict[str, Value]) -> list[tuple[str, Value]]:
    """The entries of a context, in the order that an author sees."""
    keys: Sequence[str] = list(context) if isinstance(context, Context) else _in_table(context)
    if len(keys) > _SMALL:
        keys = _in_trie([(_spread(_hash(key)), key) for key in keys], 0)
    return [(key, context[key]) for key in keys]


def _hash(text: str) -> int:
    """Java's hash of a string: 31 times the last, plus the next UTF-16 unit."""
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8) + low) & _MASK
    return code


def _in_table(keys: Iterable[str]) -> list[str]:
    """Keys as java.util.HashMap lists them: by bucket, then as they came."""
    names = list(keys)
    buckets = 16
    while len(names) > buckets * 3 // 4:
        buckets *= 2

    def bucket(key: str) -> int:
        code = _hash(key)
        return (code ^ (code >> 16)) & (buckets - 1)

    return sorted(names, key=bucket)


def _spread(code: int) -> int:
    """Scala's mixing of a hash."""
    code = (code + (~(code << 9) & _MASK)) & _MASK
    code ^= code >> 14
    code = (code + (code << 4)) & _MASK
    return code ^ (code >> 10)


def _in_trie(keys: list[tuple[int, str]], shift: int) -> list[str]:
    """Keys as Scala's HashMap lists them: by five bits of the hash, single keys before those that share the bits."""
    if shift > _MAX_SHIFT:
        return [key for _, key in keys]
    slots: dict[int, list[tuple[int, str]]] = {}
    for code, key in keys:
        slots.setdefault((code >> shift) & 31, []).append((code, key))
    ordered = [slots[slot] for slot in sorted(slots)]
    single = [group[0][1] for group in ordered if len(group) == 1]
    return single + [key for group in ordered if len(group) > 1 for key in _in_trie(group, shift + 5)]
