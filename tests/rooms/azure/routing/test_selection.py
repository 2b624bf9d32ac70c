from collections import Counter

import pytest

from tests.rooms.azure.several import evenly
from worker.azure.routing.selection import Candidate, pick


def never() -> float:
    raise AssertionError("there is nothing to draw for")


@pytest.mark.parametrize(
    ("candidates", "picked"),
    [
        pytest.param([Candidate(1, 1.0)], 0, id="the only one"),
        pytest.param([Candidate(2, 1.0), Candidate(1, 1.0)], 1, id="lowest priority"),
        pytest.param([Candidate(1, 1.0, 3.0), Candidate(2, 1.0)], 1, id="at once rather than later"),
        pytest.param([Candidate(1, 1.0, 0.2), Candidate(2, 1.0)], 0, id="a moment is no wait"),
        pytest.param([Candidate(1, 1.0, 3.0), Candidate(2, 1.0, 2.0)], 1, id="else the soonest"),
        pytest.param([Candidate(2, 1.0, 2.0), Candidate(1, 1.0, 2.0)], 1, id="of equals the better one"),
    ],
)
def test_who_is_asked(candidates: list[Candidate], picked: int) -> None:
    """The best of those that take a call at once; nothing is drawn where there is no choice."""
    assert picked == pick(candidates, never)


def test_weights() -> None:
    """Among equals each gets its share."""
    chance = evenly()
    candidates = [Candidate(1, 3.0), Candidate(1, 1.0), Candidate(2, 100.0)]
    drawn = Counter(pick(candidates, chance) for _ in range(4000))

    assert {0, 1} == set(drawn)
    assert 0.72 < drawn[0] / 4000 < 0.78


def test_the_ends_of_a_draw() -> None:
    """Every draw from 0 up to 1 gives one of them, whatever floats add up to."""
    candidates = [Candidate(1, 0.1)] * 3

    assert [0, 2, 2] == [pick(candidates, iter([drawn]).__next__) for drawn in (0.0, 0.999999, 1.0)]
