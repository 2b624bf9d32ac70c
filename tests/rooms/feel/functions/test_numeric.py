import re

import pytest

from tests.rooms.feel.asked import value_of
from worker import feel
from worker.feel import FeelEvaluationError
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("decimal(1/3, 2)", 0.33),
        ("decimal(2.5, 0)", 2),
        ("decimal(0.515, 2)", 0.52),
        ('decimal(2.5, 0, "half_up")', 3),
        ('decimal(2.5, 0, "UNNECESSARY")', None),
        ('decimal(2.0, 0, "UNNECESSARY")', 2),
        ('decimal(2.5, 0, "SIDEWAYS")', None),
        ("floor(-1.5)", -2),
        ("floor(-1.56, 1)", -1.6),
        ("ceiling(1.5)", 2),
        ("ceiling(1.51, 1)", 1.6),
        ("round up(-5.5, 0)", -6),
        ("round down(-5.5, 0)", -5),
        ("round half up(-5.5, 0)", -6),
        ("round half down(-5.5, 0)", -5),
        ("round up(1234, -2)", 1300),
        ("round down(5.5, 99999)", 5.5),
        ("round down(5.5, -99999)", 0),
        ("abs(-1.5)", 1.5),
        ('abs(@"-PT5H")', "PT5H"),
        ('abs(@"-P5Y")', "P5Y"),
        ("modulo(-10, 4)", 2),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("log(10)", 2.302585092994046),
        ("exp(0)", 1),
        ("odd(-1)", True),
        ("even(0.5)", False),
    ],
)
def test_numeric_functions(expression: str, value: Json) -> None:
    """Rounding in every direction, and what a calculator has."""
    assert value == value_of(expression)


@pytest.mark.parametrize("expression", ["log(0)", "log(-1)", "exp(1000)", "modulo(1, 0)"])
def test_what_has_no_value_is_an_error(expression: str) -> None:
    """As it is for the reference."""
    with pytest.raises(FeelEvaluationError):
        value_of(expression)


def test_chance_is_given() -> None:
    """A UUID is of version 4; without a source of chance there is none."""
    uuid = value_of("uuid()")

    assert isinstance(uuid, str)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid)
    assert 0.25 == feel.compile("random number()").evaluate({}, chance=lambda: 0.25).value
    assert [None, None] == feel.compile("[uuid(), random number()]").evaluate({}).value
