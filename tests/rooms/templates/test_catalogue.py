import itertools
import json
import re
from typing import Any

import pytest

from worker.hints import Hint
from worker.operations import OPERATIONS
from worker.templates import Template, catalogue, rendered

TEMPLATES = [pytest.param(each, id=each.file) for each in catalogue()]


def made(template: Template, version: int = 1) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(rendered(template, version))
    return parsed


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_complete(template: Template) -> None:
    """It has all that the modeler shows, a small icon, and only groups that something is in, in the stock order."""
    whole = made(template)
    stock = ["operation", "authentication", "parameters", "connector", "output", "error", "retries"]
    groups = [group["id"] for group in whole["groups"]]

    assert {"icon", "category", "keywords", "engines", "documentationRef", "description"} <= whole.keys()
    assert len(whole["icon"]["contents"]) <= 8 * 1024
    assert [each for each in stock if each in groups] == [each for each in groups if each in stock]
    assert set(groups) == {each["group"] for each in whole["properties"] if "group" in each}


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_two_fields_of_one_binding_are_shown_together(template: Template) -> None:
    """Ids are unique, conditions name properties that exist and values that can be chosen."""
    properties = {each["id"]: each for each in made(template)["properties"]}

    assert len(properties) == len(made(template)["properties"])
    for one, other in itertools.combinations(properties.values(), 2):
        assert one["binding"] != other["binding"] or _exclude(one, other), (one["id"], other["id"])
    for each in properties.values():
        for name, values in _parts(each).items():
            assert values <= {choice["value"] for choice in properties[name]["choices"]}


def _exclude(one: dict[str, Any], other: dict[str, Any]) -> bool:
    mine, theirs = _parts(one), _parts(other)
    return any(not mine[name] & theirs[name] for name in mine.keys() & theirs.keys())


def _parts(shape: dict[str, Any]) -> dict[str, set[str]]:
    condition = shape.get("condition", {"allMatch": []})
    parts = condition.get("allMatch", [condition])
    return {part["property"]: {part["equals"]} if "equals" in part else set(part["oneOf"]) for part in parts}


def test_the_menu_has_every_operation() -> None:
    """Each step leads to a preset that chooses the operation."""
    whole = made(next(iter(catalogue())))
    presets = {each["id"]: each["properties"]["operation"] for each in whole["presets"]}

    assert list(OPERATIONS) == [presets[step["presetId"]] for step in whole["steps"]]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_panel_shows_the_groups_in_their_order(template: Template) -> None:
    """The modeler goes by the first field of each group, not by the list of groups."""
    whole = made(template)
    met = dict.fromkeys(each["group"] for each in whole["properties"] if "group" in each)

    assert [group["id"] for group in whole["groups"]] == list(met)


def test_no_field_is_left_unexplained() -> None:
    """Every field of every operation has a tooltip of its own beside it, unless its value is fixed."""
    silent = [
        f"{operation.name}.{name}"
        for operation in OPERATIONS.values()
        for name, field in operation.input.model_fields.items()
        for hint in [next((each for each in field.metadata if isinstance(each, Hint)), Hint())]
        if hint.tooltip is None and hint.fixed is None and not _has_a_form_of_its_own(field.annotation)
    ]

    assert [] == silent


def _has_a_form_of_its_own(annotation: object) -> bool:
    return hasattr(annotation, "model_fields")


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_key_is_part_of_a_template(template: Template) -> None:
    """Secrets are placeholders, and by default there are none at all: the connection is the operator's."""
    properties = {each["id"]: each for each in made(template)["properties"]}
    keys = [
        each for each in properties.values() if re.search(r"[kK]ey$|token$|[sS]ecret$", each["binding"].get("name", ""))
    ]

    assert properties["connectionBy"]["value"] == "name"
    assert keys
    assert all(each.get("value", each.get("placeholder", "")).startswith("{{secrets.") for each in keys)
    assert all(_parts(each)["connectionBy"] == {"task"} for each in keys)


def test_the_version_is_told_to_the_worker_too() -> None:
    """In the template, and in the task's header."""
    whole = made(next(iter(catalogue())), version=7)
    headers = {each["binding"].get("key"): each.get("value") for each in whole["properties"]}

    assert whole["version"] == 7
    assert headers["elementTemplateVersion"] == "7"
    assert headers["elementTemplateId"] == whole["id"]


def test_only_the_variant_for_older_engines_leaves_inputs_out() -> None:
    """Newer engines take an input without a value for null; older ones refuse it."""
    current, variant, *_ = catalogue()

    assert not any("optional" in each for each in made(current)["properties"])
    assert any(each.get("optional") for each in made(variant)["properties"])
    assert not any(
        each.get("optional") and each.get("value") for each in made(variant)["properties"] if each["type"] == "Hidden"
    )
