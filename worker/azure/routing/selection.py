"""Which endpoint gets a call. Pure: what is known of them and a draw are arguments."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

__all__ = ["Candidate", "pick"]

_BRIEFLY_S: Final = 0.25  # a wait that is not worth another endpoint, which may cost more


class Candidate(NamedTuple):
    """An endpoint as it stands: *wait_s* is about how long a call would wait there."""

    priority: int
    weight: float
    wait_s: float = 0.0


def pick(candidates: Sequence[Candidate], chance: Callable[[], float]) -> int:
    """
    The index of the one of *candidates* that is asked next; there is at least one.

    Of those that take a call at once it is one of the lowest priority, drawn by weight; *chance*, which gives a number
    in [0, 1), is asked only where there is a choice. Where none does, it is the one with the shortest wait.
    """
    free = [index for index, one in enumerate(candidates) if one.wait_s <= _BRIEFLY_S]
    if not free:
        return min(range(len(candidates)), key=lambda index: (candidates[index].wait_s, candidates[index].priority))
    best = min(candidates[index].priority for index in free)
    equals = [index for index in free if candidates[index].priority == best]
    return equals[0] if len(equals) == 1 else _drawn(equals, candidates, chance())


def _drawn(equals: Sequence[int], candidates: Sequence[Candidate], chance: float) -> int:
    left = chance * sum(candidates[index].weight for index in equals)
    for index in equals:
        left -= candidates[index].weight
        if left < 0:
            return index
    return equals[-1]  # what the sum of floats left over
