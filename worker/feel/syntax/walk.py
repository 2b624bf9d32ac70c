"""Looking through a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from worker.feel.syntax.tree import Node


def nodes_of(node: Node) -> Iterator[object]:
    """The node and everything below it, in no particular order."""
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, tuple):
            pending.extend(item)
        elif is_dataclass(item):
            yield item
            pending.extend(getattr(item, each.name) for each in fields(item))


def mentions(node: Node, wanted: Node) -> bool:
    """Whether *wanted* stands anywhere in *node*."""
    return any(item == wanted for item in nodes_of(node))
