import pytest

from worker.secrets.placeholders import fill, malformed, names


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        pytest.param("{{secrets.KEY}}", "<KEY>", id="curly"),
        pytest.param("{{ secrets.KEY }}", "<KEY>", id="with spaces"),
        pytest.param("<<secrets.KEY>>", "<KEY>", id="angle"),
        pytest.param("secrets.KEY", "<KEY>", id="bare"),
        pytest.param("Bearer {{secrets.A}}-{{secrets.B}}", "Bearer <A>-<B>", id="inside a text"),
        pytest.param("{{secrets.A/B}} {{secrets.A.B}}", "<A/B> <A.B>", id="names with a slash or a dot"),
        pytest.param("{{secrets.T-0}} {{secrets.T_0}}", "<T-0> <T_0>", id="names with a dash"),
        pytest.param("{{secrets._T}} {{secrets./X}} {{secrets..X}} {{secrets.}}", None, id="no names"),
        pytest.param("https://secrets.example.com/", None, id="an address is no bare form"),
        pytest.param("camunda.secrets.KEY", None, id="the broker's own"),
        pytest.param("{{secret.KEY}} {secrets.KEY} {{secrets KEY}}", None, id="near misses"),
        pytest.param("", None, id="empty"),
    ],
)
def test_fill(text: str, filled: str | None) -> None:
    """The three forms are filled; everything else stays as it is."""
    assert fill(text, lambda name: f"<{name}>") == (text if filled is None else filled)


def test_a_value_is_never_filled_again() -> None:
    """A secret that looks like a placeholder cannot pull another one."""
    assert fill("{{secrets.A}}", lambda _: "{{secrets.B}} <<secrets.B>>") == "{{secrets.B}} <<secrets.B>>"


def test_names_in_order() -> None:
    """The names that a text asks for."""
    assert names("{{secrets.A}} <<secrets.B>> {{secrets.A}}") == ["A", "B", "A"]


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        pytest.param("{{secrets.MY KEY}}", True, id="a space in the name"),
        pytest.param("{{secrets.KEY}", True, id="a brace too few"),
        pytest.param("<<secrets.>>", True, id="no name"),
        pytest.param("{{secrets.A}} {{ secrets.../etc/passwd }}", True, id="a path beside a good one"),
        pytest.param("{{secrets.A}}<<secrets.B>>", False, id="good ones"),
        pytest.param("https://secrets.example.com/", False, id="an address"),
        pytest.param("secrets.A", False, id="the bare form"),
    ],
)
def test_a_placeholder_that_names_nothing(text: str, *, is_none: bool) -> None:
    """What was meant as a placeholder, and is none, is found out."""
    assert is_none == malformed(text)
