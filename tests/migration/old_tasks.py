"""Processes as the modeler writes them when Camunda's OpenAI templates are applied to a task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

AZURE = "io.camunda.connectors.AzureOpenAI.outbound.v1"
OPENAI = "io.camunda.connectors.OpenAI.v1"
JOB_TYPE = "io.camunda:http-json:1"

# The API's parameter, the field it comes from, and what the template makes of it.
_PLAIN, _NUMBER, _WHOLE = "{0}", "number({0})", "decimal(number({0}), 0)"
_SAMPLING = {
    "temperature": ("temperature", _NUMBER), "max_tokens": ("maxTokens", _WHOLE), "stop": ("stop", _PLAIN),
    "presence_penalty": ("presencePenalty", _NUMBER), "frequency_penalty": ("frequencyPenalty", _NUMBER),
    "logit_bias": ("logitBias", _PLAIN), "user": ("user", _PLAIN),
}  # fmt: skip
_OF_CHATS = {"n": ("n", _WHOLE), "tools": ("tools", _PLAIN), "contentPart": ("contentPart", _PLAIN),
             "enhancements": ("enhancements", _PLAIN), "dataSources": ("dataSources", _PLAIN)}  # fmt: skip
_PARAMETERS = {
    "completion": {
        **_SAMPLING, "prompt": ("prompt", _PLAIN), "top_p": ("topP", _NUMBER),
        "n": ("numberOfCompletions", _WHOLE), "logprobs": ("logprobs", _WHOLE), "suffix": ("suffix", _PLAIN),
        "best_of": ("bestOf", _WHOLE),
    },
    "chatCompletion": {**_SAMPLING, **_OF_CHATS},
    "completionsExtension": {**_SAMPLING, **_OF_CHATS, "messages": ("messages", _PLAIN)},
}  # fmt: skip
_PATHS = {"completion": "/completions", "chatCompletion": "/chat/completions",
          "completionsExtension": "/extensions/chat/completions"}  # fmt: skip

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn"
    modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="{engine}">
  <bpmn:process id="{id}" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>toTask</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="toTask" sourceRef="start" targetRef="ask" />
{task}
    <bpmn:sequenceFlow id="toEnd" sourceRef="ask" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>toEnd</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="{id}">
      <bpmndi:BPMNShape id="ask_di" bpmnElement="ask">
        <dc:Bounds x="250" y="80" width="100" height="80" />
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

_TASK = """    <bpmn:serviceTask id="ask" name="Ask" zeebe:modelerTemplate="{template}" \
zeebe:modelerTemplateVersion="{version}" zeebe:modelerTemplateIcon="data:image/svg+xml;utf8,%3Csvg%3E">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="io.camunda:http-json:1" retries="3" />
        <zeebe:ioMapping>
{inputs}
        </zeebe:ioMapping>
        <zeebe:taskHeaders>
{headers}
        </zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>toTask</bpmn:incoming>
      <bpmn:outgoing>toEnd</bpmn:outgoing>
    </bpmn:serviceTask>"""


@dataclass(frozen=True)
class OldTask:
    """
    A task of one of the templates: *operation* and *fields* as its form has them, *more* inputs added by hand.

    The fields are without their prefix.
    """

    operation: str
    fields: Mapping[str, str]
    template: str = AZURE
    version: str = "4"
    headers: Mapping[str, str] = field(default_factory=lambda: {"resultVariable": "result", "retryBackoff": "PT30S"})
    more: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    engine: str = "8.5.0"

    def inputs(self) -> dict[str, str]:
        """All of its inputs, in the form's order; *changed* are those that a hand has changed."""
        made = _azure_inputs(self) if self.template == AZURE else _openai_inputs(self)
        return {**made, **self.changed, **self.more}

    def xml(self) -> str:
        """The task as XML."""
        inputs = "\n".join(
            f"          <zeebe:input source={quoteattr(source)} target={quoteattr(target)} />"
            for target, source in self.inputs().items()
        )
        told = {**self.headers, "elementTemplateVersion": self.version, "elementTemplateId": self.template}
        headers = "\n".join(
            f"          <zeebe:header key={quoteattr(key)} value={quoteattr(value)} />" for key, value in told.items()
        )
        return _TASK.format(template=self.template, version=self.version, inputs=inputs, headers=headers)

    def process(self, name: str = "asking") -> bytes:
        """A whole file with that process in it."""
        return _PROCESS.format(id=name, task=self.xml(), engine=self.engine).encode()


def _azure_inputs(task: OldTask) -> dict[str, str]:
    of = task.operation + "_"
    given = {"resourceName": "my-res", "deploymentId": "gpt-4.1-mini", "apiVersion": "2024-02-01", **task.fields}
    kept = {name: f"{of}{source}" for name, (source, _) in _PARAMETERS[task.operation].items() if source in given}
    values = {
        name: _PARAMETERS[task.operation][name][1].format(variable) for name, variable in kept.items()
    }  # an input that is not there has no variable: the template leaves it out as null
    streams = {"completion": f'{of}stream = "False"'}.get(task.operation, f'{of}stream = "True"')
    if task.operation == "chatCompletion":
        said = '{"role": ROLE, "content": CONTENT}'.replace("ROLE", f"{of}messageRole").replace(
            "CONTENT", f"{of}messageContent"
        )
        before = f"{of}messages" if "messages" in given else "[]"
        values["messages"] = f"append({before}, {said})"
    values["stream"] = streams
    if task.operation == "completion":
        values["echo"] = f'{of}echo = "True"'
        given = {"echo": "False", **given}
    body = ", ".join(f'"{name}": {value}' for name, value in values.items())
    resource = f'"https://" + {of}resourceName + ".openai.azure.com/openai/deployments/"'
    address = f'={resource} + {of}deploymentId + "{_PATHS[task.operation]}?api-version=" + {of}apiVersion'
    return {
        "authentication.type": "apiKey",
        "authentication.apiKeyLocation": "headers",
        "authentication.name": "api-key",
        "authentication.value": "{{secrets.AZURE_OPENAI_API_KEY}}",
        "operation": task.operation,
        **{of + name: value for name, value in {"stream": "False", **given}.items()},
        "method": "post",
        "url": address,
        "body": f"=context(get entries({{{body}}})[item.value != null])",
    }


def _openai_inputs(task: OldTask) -> dict[str, str]:
    names = task.fields.keys()
    own = {f"internal_{name}": value for name, value in task.fields.items()}
    headers = '"Content-Type": "application/json"'
    if "organization" in names:
        headers += ', "OpenAI-Organization": internal_organization'
    fixed = {
        "authentication.type": "bearer",
        "authentication.token": "{{secrets.OPENAI_API_KEY}}",
        **({"internal_organization": task.fields["organization"]} if "organization" in names else {}),
        "headers": f"={{{headers}}}",
        "operation": task.operation,
        "method": "post",
    }
    if task.operation == "moderation":
        body = '={"input": internal_textToAnalyze}'
        return {**fixed, "url": "https://api.openai.com/v1/moderations", **own, "body": body}
    system = '[{"role": "system", "content": internal_systemMessage}]' if "systemMessage" in names else "[]"
    history = "internal_chatHistory" if "chatHistory" in names else "[]"
    messages = f'=append(concatenate({system}, {history}), {{"role": "user", "content": internal_prompt}})'
    model = "internal_custom_model" if task.fields.get("model") == "custom" else "internal_model"
    temperature = ', "temperature": number(internal_temperature)' if "temperature" in names else ""
    return {
        **fixed,
        "url": "https://api.openai.com/v1/chat/completions",
        **own,
        "internal_messages": messages,
        "body": f'={{"model": {model}, "messages": internal_messages, "n": number(internal_choices){temperature}}}',
        "connectionTimeoutInSeconds": "30",
    }
