from worker.hints import Pick
from worker.templates.form.conditions import ALWAYS, equals, one_of, picked


def test_conditions_add_up() -> None:
    """One part stands alone, several are matched together, and no condition adds nothing."""
    first, second = equals("a", "1"), one_of("b", ["2", "3"])

    assert (ALWAYS & first).json() == {"property": "a", "equals": "1"}
    assert (first & second).json() == {"allMatch": [*first.parts, {"property": "b", "oneOf": ["2", "3"]}]}
    assert one_of("b", ["2"]) == equals("b", "2")


def test_a_pick_stays_in_the_model() -> None:
    """The worker is not told: a pick is a property of the task, no input."""
    shape = picked(Pick("way", "Way", {"a": "A", "b": "B"}), "parameters")

    assert shape["value"] == "a"
    assert shape["binding"]["type"] == "zeebe:property"
