"""The image: built for real, small, listed, and at work between a real broker and the emulator."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.deploy.images import NEEDS_BUILDAH, Container, container
from tests.deploy.rendering import ROOT
from tests.processes import a_question, deploy
from tests.prometheus import free_port
from worker.demo.broker import Broker
from worker.demo.emulator import Emulator

__all__ = ["container"]

MOST_BYTES = 200_000_000
NAME = re.compile(r"^([a-z0-9-]+)==([^ ;]+)", re.MULTILINE)


def test_hadolint_has_nothing_to_say() -> None:
    """The Dockerfile is as its linter wants it."""
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert linter is not None
    said = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout


@NEEDS_BUILDAH
@pytest.mark.timeout(1800)
def test_it_adds_little_to_its_base(container: Container) -> None:
    """Less than 200 MB, all packages that a setting can ask for included."""
    files = [path for path in (container.root / "opt/worker").rglob("*") if path.is_file() and not path.is_symlink()]

    assert sum(path.stat().st_size for path in files) < MOST_BYTES


@NEEDS_BUILDAH
@pytest.mark.timeout(1800)
def test_it_lists_what_is_inside(container: Container) -> None:
    """The bill of materials names each pinned package with its version, and the worker."""
    bill = json.loads((container.root / "opt/worker/sbom.cdx.json").read_text(encoding="utf-8"))
    listed = {re.sub("[-_.]+", "-", one["name"]).lower(): one["version"] for one in bill["components"]}
    installed = {re.sub("[-_.]+", "-", path.name.split("-")[0]).lower() for path in _metadata(container)}
    pinned = dict(NAME.findall((ROOT / "requirements/image.txt").read_text(encoding="utf-8")))

    assert bill["bomFormat"] == "CycloneDX"
    assert installed <= listed.keys() | {"azure-openai-worker"}
    assert {name: version for name, version in listed.items() if name in pinned} == {
        name: version for name, version in pinned.items() if name in listed
    }
    assert "hpack" in listed


def _metadata(container: Container) -> list[Path]:
    return list((container.root / "opt/worker/lib").glob("python3*/site-packages/*.dist-info"))


@NEEDS_BUILDAH
@pytest.mark.timeout(1800)
async def test_it_works_without_root_and_writes_nothing(
    container: Container, broker: Broker, zeebe: ZeebeClient, azure: Emulator, tmp_path: Path
) -> None:
    """A job is done by the image's own user, its own health check passes, and no file of it changes."""
    process = await deploy(zeebe, tmp_path, a_question())
    port = str(free_port())
    before = container.files()
    worker = await container.start(
        "azure-openai-worker", "run",
        ZEEBE_ADDRESS=broker.address, WORKER_JOB_TYPES=process.name, WORKER_MANAGEMENT_PORT=port,
        SECRET_AZURE_OPENAI_ENDPOINT=azure.url, SECRET_AZURE_OPENAI_API_KEY=azure.key,
    )  # fmt: skip
    try:
        result = await process.run()
        health = await container.says("azure-openai-worker", "health", WORKER_MANAGEMENT_PORT=port)
        user = await container.says("id", "-u")
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        await worker.communicate()

    assert "4" in result["result"]["output"]["text"]
    assert health[0] == 0, health[1]
    assert user == (0, "65532\n")
    assert before == container.files()
