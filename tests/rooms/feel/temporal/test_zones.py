import pytest

from worker.feel.temporal.zones import is_zone, offset_at_instant, read_offset, standard_offset, write_offset


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("Z", 0), ("+02:00", 7200), ("-02:45:55", -9955), ("UTC+01:00", 3600), ("+18:00", 64800)],
)
def test_offsets_are_read(text: str, seconds: int) -> None:
    """In seconds east of Greenwich."""
    assert seconds == read_offset(text)


@pytest.mark.parametrize("text", ["+2:00", "+0200", "+05:0", "+18:01", "+02:60", "", "02:00"])
def test_what_is_no_offset(text: str) -> None:
    """Two digits each, and no more than eighteen hours."""
    assert read_offset(text) is None


@pytest.mark.parametrize("seconds", [0, 3600, -9955, 64800])
def test_offsets_are_written_as_they_are_read(seconds: int) -> None:
    """There and back again."""
    assert seconds == read_offset(write_offset(seconds))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Berlin", True),
        ("Etc/UTC", True),
        ("Europe", False),
        ("Mars/Base", False),
        ("../zone", False),
        ("", False),
    ],
)
def test_zones_are_those_of_the_data_base(name: str, *, known: bool) -> None:
    """Folders and paths are no zones."""
    assert known == is_zone(name)


def test_zones_reach_beyond_python_s_calendar() -> None:
    """The rules of the last years go on, those of the first years reach back."""
    far_future, far_past = 10**15, -(10**15)

    assert offset_at_instant("Europe/Paris", far_future) in {3600, 7200}
    assert 561 == offset_at_instant("Europe/Paris", far_past)  # Paris mean time


def test_daylight_saving_is_no_part_of_the_standard() -> None:
    """On both halves of the globe."""
    assert (3600, 36000) == (standard_offset("Europe/Berlin"), standard_offset("Australia/Melbourne"))
