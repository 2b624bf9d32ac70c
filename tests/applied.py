"""A template applied to a task, as Camunda Modeler does it: what is shown becomes XML, what is hidden leaves none."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

__all__ = ["Form", "Property", "elements", "process"]

_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
FOLDER = Path(__file__).resolve().parents[1] / "element-templates"

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id={name} isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="toTask" sourceRef="start" targetRef="task" />
    <bpmn:serviceTask id="task" zeebe:modelerTemplate={template}>
      <bpmn:extensionElements>{elements}</bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="toEnd" sourceRef="task" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>
"""

Property = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """A template, filled in with *given*: values by where they go, such as `input.content` or `connectionBy`."""

    template: Mapping[str, Any]
    given: Mapping[str, str]

    @classmethod
    def of(cls, file: str, given: Mapping[str, str]) -> "Form":
        """The form of one of our templates."""
        return cls(json.loads((FOLDER / file).read_text(encoding="utf-8")), given)

    def shown(self) -> list[Property]:
        """The properties whose condition holds; one that hangs on a hidden one is hidden too."""
        return [each for each in self.template["properties"] if self._holds(each)]

    def typed(self) -> Iterator[tuple[Property, str]]:
        """What is filled in by hand, from top to bottom."""
        for each in self.shown():
            if _place(each) in self.given:
                yield each, self.given[_place(each)]

    def complaints(self) -> list[str]:
        """What the modeler would flag, and values for which there is no field."""
        found = [f"there is no {name}" for name in self.given.keys() - {_place(each) for each in self.shown()}]
        for each in self.shown():
            value, rules = str(self.value(each) or ""), each.get("constraints", {})
            if rules.get("notEmpty") and not value:
                found.append(f"{_place(each)} must not be empty")
            if "pattern" in rules and not re.search(rules["pattern"]["value"], value):
                found.append(f"{_place(each)}: {rules['pattern']['message']}")
            if "choices" in each and value not in {choice["value"] for choice in each["choices"]}:
                found.append(f"{_place(each)} is none of its choices")
        return found

    def elements(self) -> str:
        """The task's extension elements."""
        kinds: dict[str, list[str]] = {"zeebe:input": [], "zeebe:taskHeader": [], "zeebe:property": []}
        definition = {}
        for each in self.shown():
            value, binding = self._source(each), each["binding"]
            if binding["type"] == "zeebe:taskDefinition":
                definition[binding["property"]] = value or ""
            else:
                kinds[binding["type"]] += _element(each, value)
        attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in definition.items())
        return (
            f"<zeebe:taskDefinition {attributes} />"
            f"<zeebe:ioMapping>{''.join(kinds['zeebe:input'])}</zeebe:ioMapping>"
            f"<zeebe:taskHeaders>{''.join(kinds['zeebe:taskHeader'])}</zeebe:taskHeaders>"
            f"<zeebe:properties>{''.join(kinds['zeebe:property'])}</zeebe:properties>"
        )

    def value(self, each: Property) -> Any:
        """What stands in the field."""
        return self.given.get(_place(each), each.get("value"))

    def _holds(self, each: Property) -> bool:
        properties = {other["id"]: other for other in self.template["properties"]}
        condition = each.get("condition", {"allMatch": []})
        parts = condition.get("allMatch", [condition])
        return all(
            self._holds(properties[part["property"]])
            and self.value(properties[part["property"]]) in part.get("oneOf", [part.get("equals")])
            for part in parts
        )

    def _source(self, each: Property) -> str | None:
        """The field's value as XML has it: numbers and boxes are expressions, an unticked box says no."""
        value = self.value(each)
        if each["type"] == "Boolean" and value is None:
            value = False
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value)
        expression = each["type"] in {"Number", "Boolean"} or each.get("feel") == "required"
        return f"={text}" if expression and text and not text.startswith("=") else text


def process(name: str, form: Form) -> str:
    """A process of one task with that form."""
    return _PROCESS.format(name=quoteattr(name), template=quoteattr(form.template["id"]), elements=form.elements())


def elements(diagram: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What of a diagram's task reaches the engine, in order."""
    kinds = ("taskDefinition", "input", "header", "property")
    root = ET.fromstring(diagram)  # noqa: S314 - made by the tests themselves
    return sorted((kind, sorted(each.attrib.items())) for kind in kinds for each in root.iter(f"{_ZEEBE}{kind}"))


def _place(each: Property) -> str:
    binding = each["binding"]
    place: str = binding.get("name") or binding.get("key") or binding["property"]
    return place.removeprefix("azureOpenAI.")


def _element(each: Property, value: str | None) -> Iterator[str]:
    binding = each["binding"]
    if binding["type"] == "zeebe:input":
        if value or not each.get("optional"):
            source = "" if value is None else f"source={quoteattr(value)} "
            yield f"<zeebe:input {source}target={quoteattr(binding['name'])} />"
    elif binding["type"] == "zeebe:property":
        yield f"<zeebe:property name={quoteattr(binding['name'])} value={quoteattr(value or '')} />"
    elif value:
        yield f"<zeebe:header key={quoteattr(binding['key'])} value={quoteattr(value)} />"
