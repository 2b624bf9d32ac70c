"""The modeler takes a migrated task for one of ours: whatever is changed in its form later, nothing is dropped."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.migration.test_before_and_after import TASKS
from tests.node import node_modules
from worker.templates import migrated
from worker.templates.migration.source import Element, read

__all__ = ["node_modules"]

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "element-templates/camunda-8.5/azure-openai.json"
SOME = ("completion", "chat", "extension", "OpenAI chat", "OpenAI moderation")  # more than a second each
_NO_FIELD = "azureOpenAI.options.extraBody."  # sent all the same; the command says so


def held(content: bytes) -> dict[str, str | None]:
    """What the task gives its job: inputs, headers, and the template's own choices."""
    found = list(read(content).all())
    return {str(each.value(name)): each.value(value) for each, name, value in _named(found)}


def _named(found: list[Element]) -> list[tuple[Element, str, str]]:
    kinds = {"input": ("target", "source"), "header": ("key", "value"), "property": ("name", "value")}
    return [(each, *kinds[each.name]) for each in found if each.name in kinds]


def _without_a_label(process: bytes) -> bytes:
    """The applier wants the task under this id, and would want a browser to measure its name."""
    return process.replace(b'"ask"', b'"task"').replace(b' name="Ask"', b"")


def applied(diagrams: list[str]) -> list[str]:
    """The diagrams after bpmn.io's own applier has put our template on their task, as an upgrade does."""
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    command = [shutil.which("node") or "node", str(ROOT / "tests/contracts/apply_templates.mjs")]
    after: list[str] = []
    for diagram in diagrams:
        given = json.dumps({"diagram": diagram, "templates": [template]})
        ran = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=ROOT)
        assert ran.returncode == 0, ran.stderr
        after += json.loads(ran.stdout)
    return after


def test_nothing_is_dropped(node_modules: Path) -> None:
    """Our template put on each migrated task once more keeps every value where it is."""
    assert node_modules.is_dir()
    before = [migrated(_without_a_label(TASKS[name].process())).after for name in SOME]
    again = [held(each.encode()) for each in applied([each.decode() for each in before])]

    kept: list[dict[str, Any]] = [
        {name: value for name, value in held(each).items() if not name.startswith(_NO_FIELD)} for each in before
    ]
    assert kept == [{name: found.get(name) for name in wanted} for wanted, found in zip(kept, again, strict=True)]
