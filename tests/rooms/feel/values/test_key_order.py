import pytest

from worker.feel.values import Context, Value, listed


@pytest.mark.parametrize(
    ("context", "keys"),
    [
        pytest.param(Context(c=1, b=2, a=3), "c b a", id="a small one of the expression's own"),
        pytest.param(Context(x=1, k=2, a=3, b=4, z=5), "x a b k z", id="a large one"),
        pytest.param({"id": 1, "t": 2, "v": 3}, "t v id", id="a small one of the input"),
    ],
)
def test_entries_are_listed_as_the_reference_lists_them(context: dict[str, Value], keys: str) -> None:
    """By hash, except for small ones that the expression made."""
    assert keys.split() == [key for key, _ in listed(context)]


def test_no_entry_is_lost() -> None:
    """Whatever the hashes: keys with equal ones stand side by side."""
    names = ["Aa" * count + "BB" * (6 - count) for count in range(7)] + ["AaBB", "BBAa"] + [str(n) for n in range(200)]

    assert sorted(names) == sorted(key for key, _ in listed(dict.fromkeys(names)))
    assert sorted(names) == sorted(key for key, _ in listed(Context(dict.fromkeys(names))))
