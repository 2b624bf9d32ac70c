"""Every operation, modelled by hand in the real modeler, judged by its linter, deployed as it was saved, and run."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pyzeebe import ZeebeClient

from tests.applied import elements, process
from tests.filled import CONNECTIONS, FILLED, FORMS, PROPOSAL, form_of
from tests.lab import ENGINES, StartWorker
from tests.modeler.stage import on_stage, templates_of
from tests.modeler.walk import OLDER, filled_in
from worker.demo.emulator import Answer, Emulator

pytestmark = pytest.mark.timeout(400)  # some thirty forms are filled in before the first test
BOTH = [engine for engine in ENGINES if engine != "8.6.0"]  # one for each variant of the templates


@pytest.fixture(scope="session")  # the tests of one broker are run before those of the next
def saved(node_modules: Path) -> dict[tuple[str, str, str], str]:
    """What the modeler saved, by folder, template and operation; neither panel nor linter has anything to say of it."""
    found: dict[tuple[str, str, str], str] = {}
    with on_stage(node_modules) as stage:
        for folder in ("", OLDER):
            for file, operation in FORMS:
                form = form_of(f"{folder}{file}.json", operation)
                found[folder, file, operation] = filled_in(stage, _process_id(folder, file, operation), form)
                assert [] == stage.errors(), (file, operation)
        for folder, versions in (("", ("8.8.0", "8.10.0")), (OLDER, ("8.6.0", "8.7.0"))):
            for version in versions:
                assert {} == stage.lint(_for_version(found, folder, version), templates_of(folder)), version
    return found


def test_the_modeler_makes_what_our_applier_makes(saved: dict[tuple[str, str, str], str]) -> None:
    """So what other tests deploy, without a browser, is what a modeler would have made."""
    assert {(folder, *form) for folder in ("", OLDER) for form in FORMS} == set(saved)
    for (folder, file, operation), xml in saved.items():
        ours = process("p", form_of(f"{folder}{file}.json", operation))

        assert elements(ours) == elements(xml), (folder, file, operation)


@pytest.mark.parametrize("broker", BOTH, indirect=True)
async def test_what_was_modelled_runs(
    saved: dict[tuple[str, str, str], str],
    zeebe: ZeebeClient,
    azure: Emulator,
    start_worker: StartWorker,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """Each operation: the service is asked what was typed, and the process has the answer."""
    folder = "" if "8.8" in request.node.name else OLDER
    azure.always(Answer.says(json.dumps({"mappings": [PROPOSAL]})))

    async with start_worker(WORKER_CONFIG=CONNECTIONS):
        for file, operation in FORMS:
            model = tmp_path / f"{_process_id(folder, file, operation)}.bpmn"
            await asyncio.to_thread(model.write_text, saved[folder, file, operation], encoding="utf-8")
            result = await _run(zeebe, model)
            filled, asked = FILLED[operation], azure.books.last
            body: Any = asked.body

            assert filled.asks == asked.operation
            assert filled.sees == {name: body[name] for name in filled.sees}
            assert _at(result, filled.leaves), (file, operation)


def _for_version(saved: dict[tuple[str, str, str], str], folder: str, version: str) -> dict[str, str]:
    """The diagrams of *folder*, for a cluster of another version of those that its templates are for."""
    old = "8.5.0" if folder else "8.8.0"
    mine = {"-".join(name): xml for name, xml in saved.items() if name[0] == folder}
    return {name: xml.replace(f'Version="{old}"', f'Version="{version}"') for name, xml in mine.items()}


def _process_id(*names: str) -> str:
    return "-".join(["modelled", *names]).replace("/", "")


async def _run(zeebe: ZeebeClient, model: Path) -> Any:
    await zeebe.deploy_resource(model)
    ended = await zeebe.run_process_with_result(model.stem, {}, timeout=60_000)
    return dict(ended.variables)["result"]


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[step]
    return value
