"""The templates: one for every operation, and small ones for a single purpose."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from worker.operations import OPERATIONS, Operation
from worker.templates.form import (
    GROUPS,
    Shape,
    asks_a_deployment,
    beginning,
    call_options,
    connection,
    deployment,
    ending,
    input_binding,
    inputs,
    label_of,
)
from worker.templates.icon import ICON

__all__ = ["FOR_OLDER_ENGINES", "Template", "catalogue", "rendered"]

FOR_OLDER_ENGINES: Final = "camunda-8.5"
"""The folder of the variants for Camunda 8.5 to 8.7, which refuse an input without a value."""

_SCHEMA: Final = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
_REFERENCE: Final = "https://learn.microsoft.com/azure/ai-services/openai/reference"
_KEYWORDS: Final = ("AI", "LLM", "GPT", "language model", "generative AI", "prompt", "Azure", "OpenAI")
_SINGLE: Final = {  # the operation, and what its own template is called
    "generalQuery": "General query",
    "summarizeText": "Summarize text",
    "mapData": "Map data",
    "createImage": "Create image",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One template: *file* is its path below the folder of all, *operations* what its tasks can ask for."""

    file: str
    name: str
    description: str
    operations: Sequence[Operation[Any]]
    for_older_engines: bool = False

    @property
    def id(self) -> str:
        """What tasks remember; it never changes."""
        return "azure-openai-worker." + self.file.removesuffix(".json").replace("/", ".")


def catalogue() -> Iterator[Template]:
    """All templates, each followed by its variant for older engines."""
    every = list(OPERATIONS.values())
    yield from _both("azure-openai", "Azure OpenAI", "Ask a model on Azure OpenAI: chat, text, data and more", every)
    for operation, name in _SINGLE.items():
        if operation in OPERATIONS:
            one = OPERATIONS[operation]
            file = name.lower().replace(" ", "-")
            yield from _both(file, f"Azure OpenAI: {name.lower()}", one.summary, [one])


def _both(file: str, name: str, description: str, operations: Sequence[Operation[Any]]) -> Iterator[Template]:
    yield Template(f"{file}.json", name, description, operations)
    yield Template(f"{FOR_OLDER_ENGINES}/{file}.json", name, description, operations, for_older_engines=True)


def rendered(template: Template, version: int) -> str:
    """The template's JSON text, the same for the same *version*."""
    several = len(template.operations) > 1
    places = {group["id"]: place for place, group in enumerate(GROUPS)}  # the panel shows groups as they are first met
    properties = sorted(_properties(template, version), key=lambda each: places.get(each.get("group"), -1))
    if template.for_older_engines:
        properties = [_left_out_when_empty(each) for each in properties]
    used = {each.get("group") for each in properties}
    whole = {
        "$schema": _SCHEMA,
        "name": template.name,
        "id": template.id,
        "description": template.description,
        "version": version,
        "documentationRef": _REFERENCE,
        "engines": {"camunda": ">=8.5 <8.8" if template.for_older_engines else "^8.8"},
        "keywords": [*_KEYWORDS, *(label_of(each.name) for each in template.operations)],
        "category": {"id": "azure-openai", "name": "Azure OpenAI"},
        "appliesTo": ["bpmn:Task"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "groups": [group for group in GROUPS if group["id"] in used],
        **(_menu(template.operations) if several else {}),
        "properties": properties,
        "icon": {"contents": ICON},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _properties(template: Template, version: int) -> Iterator[Shape]:
    yield from beginning()
    yield _operation(template.operations)
    yield from connection()
    yield from deployment(asks_a_deployment(template.operations))
    yield from inputs(template.operations)
    yield from call_options()
    yield from ending(template.id, version)


def _operation(operations: Sequence[Operation[Any]]) -> Shape:
    binding, first = input_binding("operation"), operations[0].name
    if len(operations) == 1:
        return {"id": "operation", "type": "Hidden", "value": first, "binding": binding}
    choices = [{"name": label_of(each.name), "value": each.name} for each in operations]
    return {
        "id": "operation", "type": "Dropdown", "label": "Operation", "group": "operation", "value": first,
        "choices": choices, "binding": binding,
    }  # fmt: skip


def _menu(operations: Sequence[Operation[Any]]) -> Shape:
    """One entry of the modeler's menu for each operation."""
    preset = "operation_{}".format
    return {
        "steps": [
            {"name": label_of(each.name), "description": each.summary, "presetId": preset(each.name)}
            for each in operations
        ],
        "presets": [{"id": preset(each.name), "properties": {"operation": each.name}} for each in operations],
    }


def _left_out_when_empty(shape: Shape) -> Shape:
    """Older engines know no input without a value: `optional` leaves it out, and newer ones want to be rid of it."""
    needed = shape.get("constraints", {}).get("notEmpty") or shape["type"] in {"Hidden", "Boolean"}
    always = shape["type"] == "Dropdown" and shape.get("value") != ""
    if shape["binding"]["type"] != "zeebe:input" or needed or always:
        return shape
    constraints = {"constraints": {"notEmpty": False, **shape["constraints"]}} if "constraints" in shape else {}
    return {**shape, **constraints, "optional": True}
