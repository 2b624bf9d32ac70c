"""A newer template on a task that was made with an older one."""

import json
from typing import Any

from tests.applied import elements
from tests.filled import form_of
from tests.modeler.stage import Stage
from tests.modeler.walk import filled_in
from worker.templates import catalogue, rendered

FORM = form_of("azure-openai.json", "chatCompletion")
TYPED = {"main", "Two and two?", "=0.5", "gpt-4.1-mini", "jsonObject", "false"}


def _version(number: int) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(rendered(next(iter(catalogue())), number))
    return template


def _older() -> dict[str, Any]:
    """Version 1, as it may have been: without a field that version 2 has, and with another default."""
    template = _version(1)
    without = [each for each in template["properties"] if each["id"] != "input_seed"]
    return {**template, "properties": [{**each, **_default(each)} for each in without]}


def _default(each: dict[str, Any]) -> dict[str, Any]:
    return {"value": "PT10S"} if each["id"] == "retryBackoff" else {}


def test_values_survive_an_upgrade(stage: Stage) -> None:
    """The modeler's own update keeps all that was typed, and brings what is new: fields, and defaults left alone."""
    made = filled_in(stage, "old", FORM, templates=[_older()])
    stage.open(made, [_older(), _version(2)])
    stage.select()
    stage.update_template()
    upgraded = stage.xml()

    assert TYPED <= _values(made)
    assert _inputs(made) | {"azureOpenAI.input.seed"} == _inputs(upgraded)
    assert _values(made) - {"1", "PT10S"} | {"2", "PT30S"} == _values(upgraded)
    assert 'zeebe:modelerTemplateVersion="2"' in upgraded
    assert [] == stage.errors()


def test_the_newest_of_several_versions_is_applied(stage: Stage) -> None:
    """Who imports old files too, for the processes that use them, is given the newest for new tasks."""
    filled_in(stage, "new", FORM, templates=[_version(3), _older(), _version(2)])

    assert 'zeebe:modelerTemplateVersion="3"' in stage.xml()
    assert '<zeebe:header key="elementTemplateVersion" value="3" />' in stage.xml()


def _values(diagram: str) -> set[str]:
    return {value for _, pairs in elements(diagram) for name, value in pairs if name in {"source", "value"}}


def _inputs(diagram: str) -> set[str]:
    return {value for kind, pairs in elements(diagram) if kind == "input" for name, value in pairs if name == "target"}
