import pytest

from worker.feel.temporal import NANOS, read_moment

HOUR = 3600 * NANOS


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-03-31T02:30:00@Europe/Berlin", "2024-03-31T03:30:00+02:00"),
        ("2024-10-27T02:30:00@Europe/Berlin", "2024-10-27T02:30:00+02:00"),
        ("2024-10-27T02:30:00+01:00[Europe/Berlin]", "2024-10-27T02:30:00+01:00"),
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00"),
        ("2024-01-01", "2024-01-01T00:00:00"),
        ("2024-01-01T10:15:30.5Z", "2024-01-01T10:15:30.5Z"),
    ],
)
def test_gaps_move_forward_and_overlaps_are_early(text: str, iso: str) -> None:
    """A clock that jumps shows what Java's shows."""
    moment = read_moment(text)

    assert moment is not None
    assert iso == moment.iso()


def test_time_passes_in_real_hours() -> None:
    """An hour later is an hour later, whatever the clock does."""
    moment = read_moment("2024-03-31T01:30:00@Europe/Berlin")

    assert moment is not None
    later = moment.plus_nanos(HOUR)
    assert later is not None
    assert "2024-03-31T03:30:00+02:00" == later.iso()


def test_months_pass_on_the_wall_clock() -> None:
    """Half a year later the same time is shown."""
    moment = read_moment("2024-01-31T10:00:00@Europe/Berlin")

    assert moment is not None
    later = moment.plus_months(6)
    assert later is not None
    assert "2024-07-31T10:00:00+02:00" == later.iso()


def test_moments_have_three_texts() -> None:
    """With the offset, with both, with the zone alone."""
    moment = read_moment("2024-07-01T10:00:00@Europe/Berlin")

    assert moment is not None
    assert "2024-07-01T10:00:00+02:00" == moment.iso()
    assert "2024-07-01T10:00:00+02:00[Europe/Berlin]" == moment.json_text()
    assert "2024-07-01T10:00:00@Europe/Berlin" == moment.text()
    assert "10:00:00@Europe/Berlin" == moment.time.text()
