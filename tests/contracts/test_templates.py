"""The judges of Camunda Modeler on our templates and example processes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.applied import process
from tests.filled import form_of
from tests.node import node_modules
from worker.operations import OPERATIONS

__all__ = ["node_modules"]

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "element-templates"
JUDGE = Path(__file__).with_name("judge_templates.mjs")
ENGINES = ("8-6", "8-7", "8-8", "8-9", "8-10")
LEFT_OUT = "'optional' with 'zeebe:input' binding is deprecated"  # the only way to leave an input out before 8.8


@pytest.fixture(scope="module")
def judged(node_modules: Path) -> dict[str, Any]:
    """What the official validator says of each template, by its path below the folder."""
    assert node_modules.is_dir()
    files = sorted(str(path) for path in TEMPLATES.rglob("*.json"))
    said = _node(str(JUDGE), *files)
    return {Path(file).relative_to(TEMPLATES).as_posix(): found for file, found in json.loads(said.stdout).items()}


def test_the_official_validator_has_nothing_to_say(judged: dict[str, Any]) -> None:
    """No error and no warning; variants for older engines are told what newer ones no longer need, nothing else."""
    current = {file: found for file, found in judged.items() if "camunda-8.5" not in file}
    older = {file: found for file, found in judged.items() if "camunda-8.5" in file}

    assert current
    assert older
    assert all(found == {"valid": True, "errors": [], "warnings": []} for found in current.values())
    assert all(found["valid"] and found["errors"] == [] for found in older.values())
    assert {True} == {said["message"].startswith(LEFT_OUT) for found in older.values() for said in found["warnings"]}


def test_the_schema_for_users_is_the_pinned_one(node_modules: Path) -> None:
    """What `templates validate` goes by is Camunda's own, of the version in package-lock.json."""
    theirs = node_modules / "@camunda/zeebe-element-templates-json-schema/resources/schema.json"
    ours = ROOT / "worker/templates/schema.json"

    assert json.loads(theirs.read_text(encoding="utf-8")) == json.loads(ours.read_text(encoding="utf-8"))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_linter_has_nothing_to_say_of_the_examples(engine: str, node_modules: Path, tmp_path: Path) -> None:
    """Every file of `bpmn/`, for every engine from 8.6 on."""
    ran = _lint(node_modules, tmp_path, engine, sorted((ROOT / "bpmn").glob("*.bpmn")))

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("engine", "folder"), [pytest.param("8-6", "camunda-8.5/", id="older"), pytest.param("8-10", "", id="newer")]
)
def test_the_linter_has_nothing_to_say_of_applied_templates(
    engine: str, folder: str, node_modules: Path, tmp_path: Path
) -> None:
    """A task of each operation, with what is optional left empty; the variant keeps to what older engines take."""
    for operation in OPERATIONS:
        form = form_of(f"{folder}azure-openai.json", operation)
        (tmp_path / f"{operation}.bpmn").write_text(process(operation, form), encoding="utf-8")
    ran = _lint(node_modules, tmp_path, engine, sorted(tmp_path.glob("*.bpmn")), extends=())

    assert ran.returncode == 0, ran.stdout


def test_the_linter_would_object(node_modules: Path, tmp_path: Path) -> None:
    """The template for newer engines makes what an older one refuses: the reason why there are two."""
    form = form_of("azure-openai.json", "chatCompletion")
    (tmp_path / "new.bpmn").write_text(process("new", form), encoding="utf-8")
    ran = _lint(node_modules, tmp_path, "8-6", [tmp_path / "new.bpmn"], extends=())

    assert ran.returncode == 1
    assert "8.8" in ran.stdout


def _lint(
    modules: Path, folder: Path, engine: str, files: list[Path], extends: tuple[str, ...] = ("bpmnlint:recommended",)
) -> "subprocess.CompletedProcess[str]":
    (folder / "node_modules").symlink_to(modules)
    rules = {
        "extends": [*extends, f"plugin:camunda-compat/camunda-cloud-{engine}"],
        "moddleExtensions": {
            "zeebe": "zeebe-bpmn-moddle/resources/zeebe.json",
            "modeler": "modeler-moddle/resources/modeler.json",
        },
    }
    config = folder / ".bpmnlintrc"
    config.write_text(json.dumps(rules), encoding="utf-8")
    linter = str(modules / "bpmnlint/bin/bpmnlint.js")
    return _node(linter, "--config", str(config), "--max-warnings", "0", *map(str, files), check=False, cwd=folder)


def _node(*arguments: str, check: bool = True, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    command = [shutil.which("node") or "node", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100, check=check)
