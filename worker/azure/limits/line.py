"""Calls that wait for their turn at one deployment, each owner in turn."""

import asyncio
from collections import deque

__all__ = ["Line", "Waiting"]


class Waiting:
    """One call that waits. *turn* is done when it may go."""

    __slots__ = ("owner", "tokens", "turn")

    def __init__(self, owner: str, tokens: float) -> None:
        self.owner = owner
        self.tokens = tokens
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Line:
    """First come, first served within an owner (a tenant's process definition); *owners* with calls here take turns."""

    def __init__(self) -> None:
        self.owners: dict[str, deque[Waiting]] = {}

    def __len__(self) -> int:
        return sum(map(len, self.owners.values()))

    def join(self, waiting: Waiting) -> None:
        """Stand behind the others of the same owner."""
        self.owners.setdefault(waiting.owner, deque()).append(waiting)

    def first(self) -> Waiting | None:
        """Whose turn is next; None when nobody waits."""
        return next(iter(self.owners.values()))[0] if self.owners else None

    def go(self, waiting: Waiting) -> None:
        """Let the first one go; its owner's next is behind all other owners."""
        rest = self.owners.pop(waiting.owner)
        rest.popleft()
        if rest:
            self.owners[waiting.owner] = rest

    def leave(self, waiting: Waiting) -> None:
        """Give up waiting; harmless when it has gone."""
        line = self.owners.get(waiting.owner)
        if line is not None and waiting in line:
            line.remove(waiting)
            if not line:
                del self.owners[waiting.owner]
