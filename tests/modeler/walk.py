"""From an empty task to a filled-in one, as a modeler goes: template, operation, fields from top to bottom."""

from collections.abc import Sequence
from typing import Any

from tests.applied import Form
from tests.modeler.diagrams import blank
from tests.modeler.stage import Stage, templates_of

__all__ = ["OLDER", "applied", "filled_in"]

OLDER = "camunda-8.5/"


def applied(stage: Stage, process: str, form: Form, templates: Sequence[Any] | None = None) -> None:
    """Give the task of a new *process* the template of *form*, or of that name, and its operation from the menu."""
    older = form.template["engines"]["camunda"] != "^8.8"
    version = "8.5.0" if older else "8.8.0"
    offered = templates_of(OLDER if older else "") if templates is None else templates
    assert [] == stage.open(blank(process, version, _title(form) or form.template["name"]), offered, version)
    stage.select()
    stage.choose(form.template["name"], _title(form))


def filled_in(stage: Stage, process: str, form: Form, templates: Sequence[Any] | None = None) -> str:
    """The XML of *process*, its task filled in with what *form* says."""
    applied(stage, process, form, templates)
    for each, value in form.typed():
        if each["id"] != "operation":
            stage.fill(each, value)
    return stage.xml()


def _title(form: Form) -> str | None:
    """The menu's entry for the operation; None where the template has but one."""
    operation = next(each for each in form.template["properties"] if each["id"] == "operation")
    named = {choice["value"]: str(choice["name"]) for choice in operation.get("choices", ())}
    return named.get(form.value(operation))
