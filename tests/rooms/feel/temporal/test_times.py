import pytest

from worker.feel.temporal import read_time


@pytest.mark.parametrize(
    ("text", "iso", "json", "written"),
    [
        ("10:15:00", "10:15:00", "10:15:00", "10:15:00"),
        ("10:15:30.50", "10:15:30.5", "10:15:30.5", "10:15:30.5"),
        ("10:15:00Z", "10:15Z", "10:15:00Z", "10:15:00Z"),
        ("10:15:30.75+02:00", "10:15:30.750+02:00", "10:15:30.75+02:00", "10:15:30.75+02:00"),
        ("10:15:30.000001-02:45:55", "10:15:30.000001-02:45:55", "10:15:30.000001-02:45:55", None),
        ("10:15:00@Europe/Paris", "10:15+01:00", "10:15:00+01:00", "10:15:00@Europe/Paris"),
    ],
)
def test_times_have_three_texts(text: str, iso: str, json: str, written: str | None) -> None:
    """For a process variable, for to json() and for string()."""
    time = read_time(text)

    assert time is not None
    assert (iso, json, written or json) == (time.iso(), time.json_text(), time.text())


def test_time_turns_around_midnight() -> None:
    """There is no day to carry over to."""
    time = read_time("23:30:00Z")

    assert time is not None
    assert read_time("00:30:00Z") == time.plus_nanos(3600 * 10**9)


def test_times_are_ordered_by_instant() -> None:
    """But equal only if everything is."""
    first, second = read_time("10:00:00Z"), read_time("12:00:00+02:00")

    assert first is not None
    assert second is not None
    assert first.order_key == second.order_key
    assert first != second
