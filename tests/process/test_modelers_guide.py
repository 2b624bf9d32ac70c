"""docs/modelers.md does what it says."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from pyzeebe import ZeebeClient

from tests.filled import CONNECTIONS, FILLED
from tests.lab import StartWorker
from worker import feel
from worker.demo.emulator import Answer, Emulator, Rule
from worker.operations import OPERATIONS

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "modelers.md").read_text(encoding="utf-8")
RESPONSE = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
RECIPES = re.findall(r"^\| ([^|`]+) \| `([^`]+)` \| `([^`]+)` \|$", GUIDE, re.MULTILINE)
PATTERNS = {
    section.partition("\n")[0]: section
    for section in re.split(r"^###? ", GUIDE.partition("\n## When something goes wrong\n")[2], flags=re.MULTILINE)
    if "```" in section
}

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id={name} isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="toTask" sourceRef="start" targetRef="ask" />
    <bpmn:serviceTask id="ask">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="azure-openai" retries="3" />
        <zeebe:ioMapping>
          <zeebe:input source="chatCompletion" target="azureOpenAI.operation" />
          <zeebe:input source="main" target="azureOpenAI.connection.name" />
          <zeebe:input source="gpt-4.1-mini" target="azureOpenAI.deployment" />
          <zeebe:input source="Two and two?" target="azureOpenAI.input.content" />
          <zeebe:input source="=2" target="azureOpenAI.input.maxTokens" />
          <zeebe:input source="PT1S" target="azureOpenAI.options.timeout" />
        </zeebe:ioMapping>
        <zeebe:taskHeaders>
          <zeebe:header key="resultVariable" value="result" />
          <zeebe:header key="retryBackoff" value="PT0S" />
          {expression}
        </zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="toEnd" sourceRef="ask" targetRef="end" />
    <bpmn:endEvent id="end" />
    {caught}
  </bpmn:process>
  {error}
</bpmn:definitions>
"""


@dataclass(frozen=True)
class Fault:
    """What the service does, and what the process knows in the end; *why* None means an answer."""

    rule: Rule
    why: str | None
    calls: int = 1


FAULTS = {
    "A blocked prompt goes to a person": Fault(Rule(answer=Answer.filtered_prompt()), "content"),
    "Go on without an answer": Fault(Rule(answer=Answer.filtered_prompt()), "filtered"),
    "An answer that was cut off": Fault(
        Rule(answer=Answer.says("An answer that is longer than two tokens")), "cut off"
    ),
    "Another model when the first one stays away": Fault(Rule(answer=Answer.status(503), times=None), "503", calls=3),
    "A pause that grows": Fault(Rule(answer=Answer.status(503)), None, calls=2),
    "The call takes too long": Fault(Rule(answer=Answer.says("late").later(30)), "408"),
    "The process waits no longer": Fault(
        Rule(answer=Answer.status(429, retry_after_s=60), times=None), "waited", calls=0
    ),
}


def test_the_guide_shows_every_operation() -> None:
    """Each has a picture of its form, one of its example, and the place of its answer."""
    for name in OPERATIONS:
        [section] = [part for part in re.split(r"^### ", GUIDE, flags=re.MULTILINE) if f"modeler/{name}.png" in part]

        assert f"`result.{FILLED[name].leaves}`" in section
        assert ".svg)" in section


def test_every_picture_is_there_and_shown() -> None:
    """What the guide shows exists, what exists is shown, and a clone stays small."""
    shown = set(re.findall(r"images/modeler/([\w.-]+)", GUIDE))
    there = {path.name: path.stat().st_size for path in (DOCS / "images" / "modeler").iterdir()}

    assert shown == set(there)
    assert sum(there.values()) < 3_000_000


def test_every_snippet_is_tried() -> None:
    """No pattern without a fault, no recipe that is not read from the table."""
    assert set(FAULTS) == set(PATTERNS)
    assert GUIDE.count("```json") == 1
    assert len(RECIPES) == GUIDE.partition("| wanted |")[2].partition("\n\n")[0].count("\n| ") - 1


@pytest.mark.parametrize(("wanted", "expression", "gives"), [pytest.param(*each, id=each[0]) for each in RECIPES])
def test_a_recipe_gives_what_it_says(wanted: str, expression: str, gives: str) -> None:
    """Each result expression, on the response that stands above the table."""
    value = feel.compile(expression).evaluate({**RESPONSE, "response": RESPONSE}).value

    assert json.loads(gives) == json.loads(json.dumps(value, default=float)), wanted


@pytest.mark.parametrize("pattern", list(FAULTS))
async def test_a_pattern_catches_its_fault(
    pattern: str, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Deployed as it stands in the guide, on a real broker, while the service does what it is for."""
    fault = FAULTS[pattern]
    azure.script(fault.rule)
    model = tmp_path / f"pattern-{list(FAULTS).index(pattern)}.bpmn"
    model.write_text(_process(model.stem, PATTERNS[pattern]), encoding="utf-8")
    await zeebe.deploy_resource(model)

    async with start_worker(WORKER_CONFIG=CONNECTIONS, WORKER_MAX_CALL_ATTEMPTS="1"):
        ended = await zeebe.run_process_with_result(model.stem, {"answer": "none"}, timeout=90_000)
    variables: dict[str, Any] = dict(ended.variables)

    assert (fault.why or "") in str(variables.get("why"))
    assert (fault.why is None) == ("result" in variables)
    assert fault.calls <= azure.books.calls


def _process(name: str, section: str) -> str:
    """A process of one task, with the section's expression and what it says of catching."""
    blocks = dict.fromkeys(("feel", "caught", "error"), "")
    for kind, text in re.findall(r"```(feel|xml)\n(.*?)```", section, re.DOTALL):
        blocks["feel" if kind == "feel" else "error" if text.startswith("<bpmn:error ") else "caught"] = text.strip()
    header = f"<zeebe:header key='errorExpression' value={quoteattr('=' + blocks['feel'])} />" if blocks["feel"] else ""
    return _PROCESS.format(name=quoteattr(name), expression=header, caught=blocks["caught"], error=blocks["error"])
