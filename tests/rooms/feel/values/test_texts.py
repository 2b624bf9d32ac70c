import pytest

from tests.rooms.feel.asked import value_of


@pytest.mark.parametrize(
    ("value", "text", "json"),
    [
        ('"a"', "a", '"a"'),
        ("1.50", "1.50", "1.50"),
        ("12345678901234567890", "12345678901234567890", "12345678901234567890"),
        ("true", "true", "true"),
        ('[1, "a", null]', '[1, "a", null]', '[1,"a",null]'),
        ('{a: 1, "b c": {d: "e"}}', '{a:1, b c:{d:"e"}}', '{"a":1,"b c":{"d":"e"}}'),
        ('@"2024-02-29"', "2024-02-29", '"2024-02-29"'),
        ('@"P1D"', "P1D", '"PT24H"'),
        ('@"2024-07-01T10:00:00@Europe/Berlin"', "2024-07-01T10:00:00@Europe/Berlin",
         '"2024-07-01T10:00:00+02:00[Europe/Berlin]"'),
        ("function(a, b) a", "function(a, b)", '"function(a, b)"'),
        ("[[1..3)]", "[[1..3)]", '["[1..3)"]'),
        ('"ä\\n"', "ä\n", '"ä\\n"'),
    ],
)  # fmt: skip
def test_values_have_two_texts(value: str, text: str, json: str) -> None:
    """What string() and to json() make of them."""
    assert [text, json] == value_of(f"[string({value}), to json({value})]")


def test_null_has_one() -> None:
    """string() of null is null."""
    assert [None, "null"] == value_of("[string(null), to json(null)]")
