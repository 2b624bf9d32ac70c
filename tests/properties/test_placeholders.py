from hypothesis import given
from hypothesis import strategies as st

from worker.secrets.placeholders import fill, names

NAMES = st.from_regex(r"[A-Za-z0-9]+([/._-][A-Za-z0-9]+){0,2}", fullmatch=True)
FORMS = st.sampled_from(["{{{{secrets.{}}}}}", "<<secrets.{}>>", "{{{{ secrets.{} }}}}"])
PLACEHOLDERS = st.builds(lambda form, name: form.format(name), FORMS, NAMES)
PLAIN = st.text(alphabet=st.characters(blacklist_characters="{}<>"), max_size=12).filter(
    lambda text: "secrets." not in text
)
PIECES = st.lists(st.one_of(PLAIN, PLACEHOLDERS), max_size=6)


@given(PIECES)
def test_nothing_that_may_be_filled_is_left(pieces: list[str]) -> None:
    """After filling with values that hold no placeholder there is none."""
    assert [] == names(fill("".join(pieces), lambda _: "value"))


@given(PIECES)
def test_the_rest_stays_as_it_is(pieces: list[str]) -> None:
    """Filling each placeholder with itself, and taking away the placeholders, changes nothing else."""
    text = "".join(pieces)
    plain = "".join(piece for piece in pieces if not names(piece))

    assert plain == fill(text, lambda _: "")


@given(PIECES)
def test_a_second_time_changes_nothing(pieces: list[str]) -> None:
    """Filling is idempotent."""
    once = fill("".join(pieces), lambda name: f"<{len(name)}>")

    assert once == fill(once, lambda _: "again")


@given(st.text())
def test_text_without_a_placeholder_is_the_same(text: str) -> None:
    """Whatever else stands there, in any script, is left alone."""
    if not names(text):
        assert text == fill(text, lambda _: "value")


@given(NAMES, st.text())
def test_a_value_is_put_in_as_it_is(name: str, value: str) -> None:
    """Backslashes, group references and placeholders in a value are text."""
    assert f"a{value}b" == fill(f"a{{{{secrets.{name}}}}}b", lambda _: value)
