import pytest

from worker.broker.deadlines import Deadlines

LEASE_S = 60.0
EPOCH_S = 1_700_000_000.0
KEY = (1 << 51) + 1
OTHER_PARTITION = (2 << 51) + 1


class Clocks:
    """Ours stands at *now_s*; the broker's is *ahead_s* ahead of a wall clock that agrees with it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def stamp_ms(self, *, lay_s: float = 0.0) -> int:
        """The broker's deadline of a job that was activated *lay_s* ago."""
        return round((EPOCH_S + self.now_s - lay_s + self.ahead_s + LEASE_S) * 1000)


@pytest.fixture
def clocks() -> Clocks:
    """Two clocks to play with."""
    return Clocks()


def _pushed(deadlines: Deadlines, clocks: Clocks, *, lay_s: float = 0.0, key: int = KEY) -> float:
    ends_s = deadlines.of(key, broker_deadline_ms=clocks.stamp_ms(lay_s=lay_s), lease_s=LEASE_S, sent_s=None)
    return ends_s - clocks.now_s


@pytest.mark.parametrize("ahead_s", [0.0, 86_400.0, -86_400.0])
def test_skew_does_not_matter(clocks: Clocks, ahead_s: float) -> None:
    """A broker whose clock is a day off gives the same leases as one whose clock is right."""
    clocks.ahead_s = ahead_s

    assert _pushed(Deadlines(clocks), clocks) == pytest.approx(LEASE_S)


def test_a_job_that_lay_in_a_buffer_has_less_left(clocks: Clocks) -> None:
    """What was pushed long before it was read is not taken for fresh."""
    deadlines = Deadlines(clocks)
    _pushed(deadlines, clocks)
    clocks.now_s += 45

    assert _pushed(deadlines, clocks, lay_s=40) == pytest.approx(LEASE_S - 40)


def test_partitions_have_clocks_of_their_own(clocks: Clocks) -> None:
    """A leader whose clock is ahead makes the jobs of another leader no older."""
    deadlines = Deadlines(clocks)
    clocks.ahead_s = 50
    _pushed(deadlines, clocks)
    clocks.ahead_s = 0

    assert _pushed(deadlines, clocks, key=OTHER_PARTITION) == pytest.approx(LEASE_S)


def test_a_clock_set_back_is_forgiven_in_time(clocks: Clocks) -> None:
    """Pushed jobs look old after the broker's clock was set back, but not for more than two minutes."""
    deadlines = Deadlines(clocks)
    _pushed(deadlines, clocks)
    clocks.ahead_s = -3600

    assert _pushed(deadlines, clocks) < 0
    clocks.now_s += 61
    _pushed(deadlines, clocks)
    clocks.now_s += 61
    assert _pushed(deadlines, clocks) == pytest.approx(LEASE_S)


def test_a_polled_job_is_never_older_than_the_poll(clocks: Clocks) -> None:
    """A poll shows at once that the broker's clock was set back."""
    deadlines = Deadlines(clocks)
    _pushed(deadlines, clocks)
    clocks.ahead_s = -3600
    sent_s = clocks.now_s
    clocks.now_s += 2

    ends_s = deadlines.of(KEY, broker_deadline_ms=clocks.stamp_ms(lay_s=1), lease_s=LEASE_S, sent_s=sent_s)

    assert ends_s == pytest.approx(sent_s + LEASE_S)
    assert _pushed(deadlines, clocks, lay_s=1) == pytest.approx(LEASE_S)


def test_a_long_poll_costs_no_lease(clocks: Clocks) -> None:
    """A job that came at the end of a long poll has its whole lease ahead, however long the poll was."""
    deadlines = Deadlines(clocks)
    sent_s = clocks.now_s
    clocks.now_s += 30

    ends_s = deadlines.of(KEY, broker_deadline_ms=clocks.stamp_ms(), lease_s=LEASE_S, sent_s=sent_s)

    assert ends_s - clocks.now_s == pytest.approx(LEASE_S)
