"""What was worked out for things that come again: the jobs of one task share the objects that it was typed into."""

from typing import Final, Generic, TypeVar

__all__ = ["Memo"]

_V = TypeVar("_V")
_AT_MOST: Final = 256  # tasks in turn; a task that makes up its connection for each job drives out the others' at worst


class Memo(Generic[_V]):
    """
    Values by the identity of what they were made of, of which the ones made last are kept.

    By identity, since it costs no look inside, and typed models hold dicts and cannot be hashed. The things are kept
    beside their value, so that nothing else can come by their ids.
    """

    def __init__(self, at_most: int = _AT_MOST) -> None:
        self._at_most = at_most
        self._held: dict[tuple[int, int], tuple[tuple[object, object], _V]] = {}

    def get(self, one: object, other: object = None) -> _V | None:
        """What was made of exactly these things; None where nothing was, or not lately."""
        held = self._held.get((id(one), id(other)))
        return None if held is None else held[1]

    def keep(self, value: _V, one: object, other: object = None) -> _V:
        """Keep *value*, which was made of these things; gives it back."""
        self._held[id(one), id(other)] = (one, other), value
        if len(self._held) > self._at_most:
            del self._held[next(iter(self._held))]
        return value
