"""What stands on the canvas before a template is applied."""

from xml.sax.saxutils import quoteattr

__all__ = ["blank", "for_version"]

_BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    id="definitions" targetNamespace="http://bpmn.io/schema/bpmn"
    modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion={version}>
  <bpmn:process id={process} isExecutable="true">
    <bpmn:startEvent id="start" name="Asked"><bpmn:outgoing>toTask</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="toTask" sourceRef="start" targetRef="task" />
    <bpmn:task id="task" name={task}>
      <bpmn:incoming>toTask</bpmn:incoming><bpmn:outgoing>toEnd</bpmn:outgoing>
    </bpmn:task>
    <bpmn:sequenceFlow id="toEnd" sourceRef="task" targetRef="end" />
    <bpmn:endEvent id="end" name="Answered"><bpmn:incoming>toEnd</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement={process}>
    <bpmndi:BPMNShape id="startShape" bpmnElement="start">
      <dc:Bounds x="152" y="102" width="36" height="36" />
      <bpmndi:BPMNLabel><dc:Bounds x="154" y="145" width="32" height="14" /></bpmndi:BPMNLabel>
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="taskShape" bpmnElement="task">
      <dc:Bounds x="250" y="80" width="100" height="80" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="endShape" bpmnElement="end">
      <dc:Bounds x="412" y="102" width="36" height="36" />
      <bpmndi:BPMNLabel><dc:Bounds x="405" y="145" width="50" height="14" /></bpmndi:BPMNLabel>
    </bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="toTaskEdge" bpmnElement="toTask">
      <di:waypoint x="188" y="120" /><di:waypoint x="250" y="120" />
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="toEndEdge" bpmnElement="toEnd">
      <di:waypoint x="350" y="120" /><di:waypoint x="412" y="120" />
    </bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank(process: str, version: str = "8.8.0", task: str = "Ask the model") -> str:
    """A process of one task that is nothing yet, for a cluster of *version*."""
    return _BLANK.format(process=quoteattr(process), version=quoteattr(version), task=quoteattr(task))


def for_version(diagram: str, version: str) -> str:
    """The same diagram for a cluster of another version than 8.8, with the variant of the template that is for it."""
    changed = diagram.replace('executionPlatformVersion="8.8.0"', f'executionPlatformVersion="{version}"')
    older = version.startswith(("8.5", "8.6", "8.7"))
    return changed.replace('"azure-openai-worker.azure', '"azure-openai-worker.camunda-8.5.azure') if older else changed
