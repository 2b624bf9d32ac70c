"""The element templates are what the operations say."""

import json
from typing import Any

from tests.house.tree import ROOT, name_of
from worker.operations import OPERATIONS
from worker.templates import given_out, volumes

FOLDER = ROOT / "element-templates"


def test_templates_are_made_from_the_code() -> None:
    """Byte for byte; `azure-openai-worker templates export` makes them anew, with a new version where one is due."""
    assert [] == [name_of(volume.path) for volume in volumes(FOLDER) if not volume.is_current]


def test_nothing_else_lies_there() -> None:
    """Every file below element-templates is one of today's templates, or one that was given out."""
    today = {volume.path for volume in volumes(FOLDER)}
    others = {path for path in FOLDER.rglob("*.json") if path not in today}

    assert [] == [name_of(path) for path in others if "versioned" not in path.parts]


def test_versions_are_kept_without_a_gap() -> None:
    """What a task was made with can still be had."""
    kept = {volume.template.file: given_out(FOLDER, volume.template) for volume in volumes(FOLDER)}

    assert {} == {file: found for file, found in kept.items() if found != list(range(1, len(found) + 1))}


def test_every_operation_can_be_modelled_and_has_an_example() -> None:
    """The template of all offers it, and a file of bpmn/ shows it at work."""
    offered = {choice["value"] for each in _properties() if each["id"] == "operation" for choice in each["choices"]}
    examples = [path.read_text(encoding="utf-8") for path in (ROOT / "bpmn").glob("*.bpmn")]
    shown = {
        name for name in OPERATIONS if any(f'source="{name}" target="azureOpenAI.operation"' in e for e in examples)
    }

    assert set(OPERATIONS) == offered
    assert set(OPERATIONS) == shown


def _properties() -> list[dict[str, Any]]:
    properties: list[dict[str, Any]] = json.loads((FOLDER / "azure-openai.json").read_text(encoding="utf-8"))[
        "properties"
    ]
    return properties
