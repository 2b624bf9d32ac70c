import pytest

from worker.broker import Timing


@pytest.mark.parametrize(("chance", "share"), [(0.0, 1.0), (0.5, 0.75), (0.999999, 0.5)])
def test_pauses_double_up_to_the_most(chance: float, share: float) -> None:
    """0.5, 1, 2, 4, 5, 5 s, of which chance takes up to a half."""
    pauses = Timing(chance=lambda: chance).backoff(0.5, 5.0)

    assert [pauses.next_s() for _ in range(6)] == pytest.approx([s * share for s in (0.5, 1, 2, 4, 5, 5)], rel=1e-3)


def test_success_begins_again() -> None:
    """After a success the next pause is the first one."""
    pauses = Timing(chance=lambda: 0.0).backoff(0.5, 5.0)
    pauses.next_s()
    pauses.next_s()

    pauses.reset()

    assert pauses.next_s() == 0.5
