import pytest

from tests.rooms.feel.asked import value_of
from worker.feel.values import Json


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('get value({a: 1}, "a")', 1),
        ('get value({a: {b: 2}}, ["a", "b"])', 2),
        ('get value({a: {b: 2}}, ["b"])', None),
        ("get value({a: 1}, [])", None),
        ("get value({a: 1}, [1])", None),
        ("get entries({a: 1, b: null})", [{"key": "a", "value": 1}, {"key": "b", "value": None}]),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ('context put({}, ["a", "b"], 1)', {"a": {"b": 1}}),
        ('context put({a: 1}, ["a", "b"], 1)', None),
        ("context put({}, [], 1)", None),
        ("context put({}, [1], 1)", None),
        ("context merge([{a: 1, b: 1}, {b: 2}])", {"a": 1, "b": 2}),
        ("context merge({a: 1}, {b: 2})", {"a": 1, "b": 2}),
        ("context merge([{a: 1}, null])", None),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', {"a": 2}),
        ('context([{key: "a"}])', None),
        ('context([{key: "", value: 1}])', None),
    ],
)
def test_context_functions(expression: str, value: Json) -> None:
    """Reading, writing and merging, always into a new context."""
    assert value == value_of(expression)
