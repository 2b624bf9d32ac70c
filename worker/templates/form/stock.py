"""What every task on Zeebe has, in the ecosystem's own names: groups, result, errors, retries."""

from collections.abc import Iterator
from typing import Any, Final

from worker.templates.form.fields import DURATION, Shape, input_binding, looks_like

__all__ = ["GROUPS", "beginning", "call_options", "ending"]

JOB_TYPE: Final = "azure-openai"

GROUPS: Final = (
    {"id": "operation", "label": "Operation", "openByDefault": True},
    {"id": "authentication", "label": "Connection", "openByDefault": True},
    {"id": "parameters", "label": "Parameters", "openByDefault": True},
    {"id": "sampling", "label": "Model behaviour", "openByDefault": False},
    {"id": "answer", "label": "Form of the answer", "openByDefault": False},
    {"id": "tools", "label": "Tools", "openByDefault": False},
    {"id": "advanced", "label": "Advanced", "openByDefault": False},
    {"id": "connector", "label": "Request", "openByDefault": False},
    {"id": "output", "label": "Output mapping", "openByDefault": True},
    {"id": "error", "label": "Error handling", "openByDefault": False},
    {"id": "retries", "label": "Retries", "openByDefault": False},
)
"""The stock groups in the stock order; those between `parameters` and `connector` are ours."""


def beginning() -> Iterator[Shape]:
    """The job's type."""
    binding = {"type": "zeebe:taskDefinition", "property": "type"}
    yield {"id": "taskType", "type": "Hidden", "value": JOB_TYPE, "binding": binding}


def call_options() -> Iterator[Shape]:
    """How the call is made: `options` and `variables`."""
    yield {
        "id": "timeout", "type": "String", "label": "Time-out", "group": "connector", "feel": "optional",
        "tooltip": "Total time for the call, its repetitions included. Ten minutes by default",
        "placeholder": "PT10M", "constraints": {"pattern": DURATION}, "binding": input_binding("options.timeout"),
    }  # fmt: skip
    yield _object("extraBody", "Extra body fields", "options.extraBody", "Merged into the request's body last",
                  '{"name": "value"}')  # fmt: skip
    yield _object("extraQuery", "Extra query parameters", "options.extraQuery", "Added to the request's URL",
                  '{"name": "value"}')  # fmt: skip
    yield _object("variables", "Context for expressions", "variables", "Seen by both expressions, and not sent",
                  "{customer: order.customer}")  # fmt: skip


def ending(template_id: str, version: int) -> Iterator[Shape]:
    """Result, errors, retries, and which template it was."""
    yield {
        **_header("resultVariable", "Result variable", "output"), "type": "String", "value": "result",
        "tooltip": "Process variable that takes the whole response; result.output.text is the answer",
    }  # fmt: skip
    yield {
        **_header("resultExpression", "Result expression", "output"), "type": "Text", "feel": "required",
        "tooltip": "Maps parts of the response to process variables, each under its name",
        "placeholder": "{answer: response.output.text}",
    }  # fmt: skip
    yield {
        **_header("errorExpression", "Error expression", "error"), "type": "Text", "feel": "required",
        "tooltip": "Turns failures into BPMN errors, which boundary events catch; null leaves them as they are",
        "placeholder": 'if error.reason = "CONTENT_FILTERED" then bpmnError("FILTERED", error.message) else null',
    }  # fmt: skip
    yield {
        "id": "retryCount", "type": "String", "label": "Retries", "group": "retries", "feel": "optional", "value": "3",
        "constraints": {"notEmpty": True, "pattern": looks_like(r"\d+", "a whole number")},
        "tooltip": "How often the job is tried before there is an incident",
        "binding": {"type": "zeebe:taskDefinition", "property": "retries"},
    }  # fmt: skip
    yield {
        **_header("retryBackoff", "Retry back-off", "retries"), "type": "String", "feel": "optional", "value": "PT30S",
        "tooltip": "Time between two tries", "constraints": {"pattern": DURATION},
    }  # fmt: skip
    yield {
        **_header("jobTimeout", "Job time-out", "retries"), "type": "String",
        "tooltip": "For how long the broker leases the job at a time; the lease is kept up while its call runs",
        "constraints": {"pattern": DURATION}, "placeholder": "PT5M",
    }  # fmt: skip
    for key, value in (("elementTemplateId", template_id), ("elementTemplateVersion", str(version))):
        binding = {"type": "zeebe:taskHeader", "key": key}
        yield {"id": key, "type": "Hidden", "value": value, "binding": binding}


def _object(name: str, label: str, path: str, tooltip: str, placeholder: str) -> dict[str, Any]:
    return {
        "id": name, "type": "Text", "label": label, "group": "connector", "feel": "required", "tooltip": tooltip,
        "placeholder": placeholder, "binding": input_binding(path),
    }  # fmt: skip


def _header(key: str, label: str, group: str) -> dict[str, Any]:
    return {"id": key, "label": label, "group": group, "binding": {"type": "zeebe:taskHeader", "key": key}}
