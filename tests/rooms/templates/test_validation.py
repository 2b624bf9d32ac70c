import json

import pytest

from worker.templates import Template, catalogue, flaws, rendered


@pytest.mark.parametrize("template", [pytest.param(each, id=each.file) for each in catalogue()])
def test_ours_fit_the_schema(template: Template) -> None:
    """Every template is what Camunda's schema wants."""
    assert [] == flaws(rendered(template, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"name": None}, "$.name: None is not of type 'string'", id="wrong type"),
        pytest.param({"properties": [{"type": "Dropdown"}]}, "$.properties[0]", id="deep inside"),
        pytest.param({"id": ...}, "$: 'id' is a required property", id="missing"),
    ],
)
def test_a_flaw_is_told_with_its_place(change: dict[str, object], said: str) -> None:
    """Of what a list of templates would need, nobody wants to hear."""
    template = {"name": "a", "id": "b", "appliesTo": ["bpmn:Task"], "properties": [], **change}
    given = {name: value for name, value in template.items() if value is not ...}

    assert any(flaw.startswith(said) for flaw in flaws(json.dumps(given))), flaws(json.dumps(given))


def test_a_list_of_templates_is_fine() -> None:
    """The schema takes both."""
    one = {"name": "a", "id": "b", "appliesTo": ["bpmn:Task"], "properties": []}

    assert flaws(json.dumps([one, one])) == []


def test_what_is_no_json_is_told() -> None:
    """With the parser's own words."""
    assert flaws("{")[0].startswith("no JSON: ")
