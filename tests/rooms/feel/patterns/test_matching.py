import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (r'replace("a.b.c", "\.", "-")', "a-b-c"),
        ('replace("abc", "[a-c]+", "<$0>")', "<abc>"),
        (r'replace("0123456789", "(\d{3})(\d{3})(\d{4})", "($1) $2-$3")', "(012) 345-6789"),
        ('replace("ab", "(a)", "$12")', "a2b"),
        ('replace("ab", "(?<x>a)", "${x}${x}")', "aab"),
        ('replace("ab", "a", "$1")', None),
        ('replace("ab", "a", "${x}")', None),
        (r'replace("ab", "a", "\$")', "$b"),
        ('replace("ab", "a", "$")', None),
        ('replace("abc", "x*", "-")', "-a-b-c-"),
        ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
        ('split("abc", "")', ["a", "b", "c", ""]),
        ('split("", ",")', [""]),
        (r'extract("ab12", "\d")', ["1", "2"]),
        ('matches("abc", "B", "i")', True),
        ('matches("a\\nb", "a.b")', False),
        ('matches("a\\nb", "a.b", "s")', True),
        ('matches("a\\nb", "^b", "m")', True),
        ('matches("ab", "a b # x", "x")', True),
        ('matches("abc", "b", "p")', True),
        ('matches("abc", "[")', None),
    ],
)
def test_patterns_do_what_java_s_do(expression: str, value: Json) -> None:
    """Find, replace, split; what is no pattern is null."""
    assert value == value_of(expression)
