"""Our applier against bpmn.io's: the tests deploy what a modeler would make."""

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.applied import Form, elements, process
from tests.filled import form_of
from tests.node import node_modules

__all__ = ["node_modules"]

HERE = Path(__file__).parent
FORMS = [  # more than a second each, so one for each kind of field
    *(form_of("azure-openai.json", name) for name in ("chatCompletion", "mapData", "transcribeAudio", "rawRequest")),
    form_of("camunda-8.5/summarize-text.json", "summarizeText"),
    Form.of("camunda-8.5/create-image.json", {"connectionBy": "task", "connection.authentication.type": "none"}),
    Form.of("general-query.json", {"connectionBy": "task", "service": "openai"}),
]


def test_we_apply_templates_as_the_modeler_does(node_modules: Path) -> None:
    """Inputs, headers and properties are the same, with every kind of field and connection."""
    assert node_modules.is_dir()
    asked = {"diagram": _diagram(), "templates": [_with_values(form) for form in FORMS]}
    command = [shutil.which("node") or "node", str(HERE / "apply_templates.mjs")]
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=100, check=True)

    for form, theirs in zip(FORMS, json.loads(ran.stdout), strict=True):
        assert elements(theirs) == elements(process("p", form)), form.given


def _with_values(form: Form) -> dict[str, Any]:
    """The template, with what was typed as the defaults of what is shown: the other applier takes no values."""
    template: dict[str, Any] = copy.deepcopy(dict(form.template))
    shown = {each["id"] for each in form.shown()}
    for each in template["properties"]:
        value = form.value(each)
        if each["id"] in shown and value is not None:
            each["value"] = _typed(each, value)
    return template


def _typed(each: dict[str, Any], value: Any) -> Any:
    if each["type"] == "Number":
        return json.loads(str(value))
    return f"={value}" if each.get("feel") == "required" else value


def _diagram() -> str:
    """One task; without a label, which the other applier would want a browser to measure."""
    return """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="p" isExecutable="true"><bpmn:task id="task" /></bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="p">
    <bpmndi:BPMNShape id="shape" bpmnElement="task"><dc:Bounds x="0" y="0" width="100" height="80" /></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
