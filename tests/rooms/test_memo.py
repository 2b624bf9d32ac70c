from worker.memo import Memo


def test_what_was_made_of_the_very_same_things() -> None:
    """Equal things are not the same: their value may be another."""
    memo: Memo[str] = Memo()
    one, other = ["a"], ["a"]
    kept = memo.keep("made", one, other)

    assert "made" == kept == memo.get(one, other)
    assert memo.get(other, one) is None
    assert memo.get(one) is None


def test_the_ones_made_last_are_kept() -> None:
    """A memo never grows beyond its size: what was made first goes first."""
    memo: Memo[int] = Memo(at_most=2)
    things = [[0], [1], [2]]
    memo.keep(0, things[0])
    memo.keep(1, things[1])
    memo.keep(2, things[2])

    assert [None, 1, 2] == [memo.get(thing) for thing in things]
