"""Camunda's own linter, with our templates, over what we give out and what a modeler makes with it."""

from pathlib import Path

import pytest

from tests.modeler.diagrams import blank, for_version
from tests.modeler.stage import Stage, templates_of
from tests.modeler.walk import OLDER

EXAMPLES = sorted((Path(__file__).parents[2] / "bpmn").glob("*.bpmn"))
TEMPLATES = [*templates_of(), *templates_of(OLDER)]
VERSIONS = [pytest.param(version, id=version) for version in ("8.6.0", "8.7.0", "8.8.0", "8.9.0", "8.10.0")]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_has_nothing_to_say_of_the_examples(stage: Stage, version: str) -> None:
    """No error, no warning, no hint, for every file of `bpmn/`; each of them uses our template."""
    diagrams = {file.name: for_version(file.read_text(encoding="utf-8"), version) for file in EXAMPLES}

    assert all(f'executionPlatformVersion="{version}"' in diagram for diagram in diagrams.values())
    assert all("zeebe:modelerTemplate=" in diagram for diagram in diagrams.values())
    assert {} == stage.lint(diagrams, TEMPLATES)


def test_it_would_object(stage: Stage) -> None:
    """To a task that lacks what it needs, to a template for other engines, and to one that is out of date."""
    stage.open(blank("incomplete"), TEMPLATES)
    stage.select()
    stage.choose("Azure OpenAI", "Chat completion")
    saved, example = stage.xml(), EXAMPLES[0].read_text(encoding="utf-8")
    newer = [{**each, "version": 2} for each in TEMPLATES]
    foreign = saved.replace('Version="8.8.0"', 'Version="8.6.0"')
    found = stage.lint({"incomplete": saved, "foreign": foreign, "outdated": example}, [*TEMPLATES, *newer])
    rules = {name: {each["rule"].removeprefix("element-templates/") for each in told} for name, told in found.items()}

    assert {"validate", "update"} == rules["incomplete"]
    assert "compatibility" in rules["foreign"]
    assert {"update"} == rules["outdated"]


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in EXAMPLES])
def test_an_example_opens_as_ours(stage: Stage, file: Path) -> None:
    """The panel shows the template's form, with nothing in red; looking at it changes nothing."""
    stage.open(file.read_text(encoding="utf-8"), TEMPLATES)
    before = stage.xml()
    stage.select()

    assert "Operation" in stage.labels()
    assert [] == stage.errors()
    assert before == stage.xml()
